package dev.freshet.model.config;

import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Amounts with a unit, as the configuration writes them. */
public final class Quantity {

    private static final Pattern FORM = Pattern.compile("(\\d{1,12})([A-Za-z]+)");
    private static final Map<String, Duration> DURATIONS = Map.of(
            "ms", Duration.ofMillis(1),
            "s", Duration.ofSeconds(1),
            "m", Duration.ofMinutes(1),
            "h", Duration.ofHours(1),
            "d", Duration.ofDays(1));
    private static final Map<String, Long> SIZES =
            Map.of("B", 1L, "kB", 1L << 10, "KB", 1L << 10, "MB", 1L << 20, "GB", 1L << 30, "TB", 1L << 40);

    private Quantity() {}

    /** @throws IllegalArgumentException with a message for people */
    public static Duration duration(String text) {
        Matcher parts = FORM.matcher(text);
        if (parts.matches() && DURATIONS.containsKey(parts.group(2))) {
            try {
                return DURATIONS.get(parts.group(2)).multipliedBy(Long.parseLong(parts.group(1)));
            } catch (ArithmeticException e) {
                throw new IllegalArgumentException("'" + text + "' is too long", e);
            }
        }
        throw new IllegalArgumentException(
                "'" + text + "' is no duration; write a number and one of ms, s, m, h, d, such as 500ms, 30s or 24h");
    }

    /**
     * Bytes; units of 1024, as PostgreSQL counts.
     *
     * @throws IllegalArgumentException with a message for people
     */
    public static long bytes(String text) {
        Matcher parts = FORM.matcher(text);
        if (parts.matches() && SIZES.containsKey(parts.group(2))) {
            try {
                return Math.multiplyExact(SIZES.get(parts.group(2)), Long.parseLong(parts.group(1)));
            } catch (ArithmeticException e) {
                throw new IllegalArgumentException("'" + text + "' is too large", e);
            }
        }
        throw new IllegalArgumentException(
                "'" + text + "' is no size; write a number and one of B, kB, MB, GB, TB, such as 10GB");
    }
}
