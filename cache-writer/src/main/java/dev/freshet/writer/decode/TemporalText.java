package dev.freshet.writer.decode;

import com.fasterxml.jackson.databind.JsonNode;
import dev.freshet.model.TableShape.Column;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Optional;

/**
 * Dates and times as PostgreSQL prints them with ISO dates and time zone UTC. Debezium's default encoding is taken where
 * the record's schema names none: days, microseconds, and milliseconds where the column has at most three decimals. What
 * lies outside what the encodings can hold stands for infinity and is unknown, since they do not agree on it.
 */
final class TemporalText {

    private static final long MICROS_PER_DAY = 86_400_000_000L;
    private static final long FIRST_DAY = LocalDate.of(-4713, 1, 1).toEpochDay();

    /** Microseconds since 1970 end in January 294247, and just before that end stands infinity. */
    private static final long LAST_DAY = LocalDate.of(294246, 12, 31).toEpochDay();

    private TemporalText() {}

    static Optional<String> date(WireType wire, JsonNode value) {
        if (isInfinite(value)) {
            return Optional.of(value.textValue());
        }
        return dateOfDay(
                value.isIntegralNumber()
                        ? value.longValue()
                        : LocalDate.parse(local(value)).toEpochDay());
    }

    private static Optional<String> dateOfDay(long day) {
        return day < FIRST_DAY || day > LAST_DAY ? Optional.empty() : Optional.of(date(LocalDate.ofEpochDay(day)));
    }

    static Optional<String> time(Column column, WireType wire, JsonNode value) {
        if (!value.isIntegralNumber()) {
            return Optional.of(time(LocalTime.parse(local(value))));
        }
        long micros = micros(column, wire, value.longValue());
        if (micros == MICROS_PER_DAY) {
            return Optional.of("24:00:00");
        }
        return Optional.of(time(LocalTime.ofNanoOfDay(Math.multiplyExact(micros, 1000))));
    }

    static Optional<String> timestamp(Column column, WireType wire, JsonNode value) {
        if (isInfinite(value)) {
            return Optional.of(value.textValue());
        }
        if (!value.isIntegralNumber()) {
            return inRange(LocalDateTime.parse(local(value))).map(TemporalText::timestamp);
        }
        long micros = micros(column, wire, value.longValue());
        return inRange(LocalDateTime.ofInstant(Instant.EPOCH.plus(micros, ChronoUnit.MICROS), ZoneOffset.UTC))
                .map(TemporalText::timestamp);
    }

    static Optional<String> timestampWithZone(JsonNode value) {
        if (isInfinite(value)) {
            return Optional.of(value.textValue());
        }
        LocalDateTime utc = OffsetDateTime.parse(iso(value))
                .withOffsetSameInstant(ZoneOffset.UTC)
                .toLocalDateTime();
        return inRange(utc)
                .map(TemporalText::timestamp)
                .map(text -> text.endsWith(" BC") ? text.substring(0, text.length() - 3) + "+00 BC" : text + "+00");
    }

    private static Optional<LocalDateTime> inRange(LocalDateTime timestamp) {
        return Optional.of(timestamp)
                .filter(told -> dateOfDay(told.toLocalDate().toEpochDay()).isPresent());
    }

    private static long micros(Column column, WireType wire, long value) {
        return switch (wire.name()) {
            case "io.debezium.time.MicroTime", "io.debezium.time.MicroTimestamp" -> value;
            case "io.debezium.time.NanoTime", "io.debezium.time.NanoTimestamp" -> Math.floorDiv(value, 1000);
            case "io.debezium.time.Time",
                    "io.debezium.time.Timestamp",
                    "org.apache.kafka.connect.data.Time",
                    "org.apache.kafka.connect.data.Timestamp" -> Math.multiplyExact(value, 1000);
            default -> column.modifier() >= 0 && column.modifier() <= 3 ? Math.multiplyExact(value, 1000) : value;
        };
    }

    private static boolean isInfinite(JsonNode value) {
        return value.asText().equals("infinity") || value.asText().equals("-infinity");
    }

    private static String local(JsonNode value) {
        return iso(value).replace("Z", "");
    }

    private static String iso(JsonNode value) {
        if (!value.isTextual()) {
            throw new IllegalArgumentException("no ISO text");
        }
        return value.textValue();
    }

    private static String date(LocalDate date) {
        int year = date.getYear();
        String day = String.format(
                Locale.ROOT, "%04d-%02d-%02d", year > 0 ? year : 1 - year, date.getMonthValue(), date.getDayOfMonth());
        return year > 0 ? day : day + " BC";
    }

    private static String timestamp(LocalDateTime timestamp) {
        String day = date(timestamp.toLocalDate());
        String time = time(timestamp.toLocalTime());
        return day.endsWith(" BC") ? day.substring(0, day.length() - 3) + " " + time + " BC" : day + " " + time;
    }

    private static String time(LocalTime time) {
        String whole = String.format(Locale.ROOT, "%02d:%02d:%02d", time.getHour(), time.getMinute(), time.getSecond());
        int micros = time.getNano() / 1000;
        if (micros == 0) {
            return whole;
        }
        return whole + "." + String.format(Locale.ROOT, "%06d", micros).replaceFirst("0+$", "");
    }
}
