package dev.freshet.writer.decode;

import com.fasterxml.jackson.databind.JsonNode;
import dev.freshet.model.Cell;
import dev.freshet.model.ColumnType;
import dev.freshet.model.TableShape.Column;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Pattern;

/** From Debezium's encoding of a value to what {@code column::text} prints. What cannot be told exactly is unknown. */
final class WireText {

    /** What Debezium writes for a TOASTed value that the update left as it was; for bytes, in base64. */
    static final String UNAVAILABLE = "__debezium_unavailable_value";

    private static final String UNAVAILABLE_BYTES =
            Base64.getEncoder().encodeToString(UNAVAILABLE.getBytes(StandardCharsets.UTF_8));
    private static final String DECIMAL = "org.apache.kafka.connect.data.Decimal";
    private static final Pattern DECIMAL_TEXT = Pattern.compile("-?\\d+(\\.\\d+)?|NaN|-?Infinity");

    /** Whether the record comes from our own listener, which writes decimals as text. */
    private final boolean decimalsAreText;

    WireText(boolean decimalsAreText) {
        this.decimalsAreText = decimalsAreText;
    }

    /**
     * The cell of a column.
     *
     * @throws UndecodableException where the value is of a form that its type never takes
     */
    Cell cell(Column column, WireType wire, JsonNode value) {
        if (value.isNull()) {
            return Cell.NULL;
        }
        if (value.isTextual()
                && (value.textValue().equals(UNAVAILABLE) || value.textValue().equals(UNAVAILABLE_BYTES))) {
            return Cell.UNKNOWN;
        }
        try {
            return text(column, wire, value)
                    .map(text -> Cell.known(text, column.type().kind()))
                    .orElse(Cell.UNKNOWN);
        } catch (IllegalArgumentException | ArithmeticException | DateTimeException e) {
            throw new UndecodableException(
                    "column " + column.name() + " of type " + column.sqlType() + " holds a " + value.getNodeType()
                            + " that is none",
                    e);
        }
    }

    private Optional<String> text(Column column, WireType wire, JsonNode value) {
        ColumnType type = column.type();
        return switch (type.name()) {
            case "int2", "int4", "int8", "oid" -> Optional.of(integer(value).toString());
            case "bool" -> Optional.of(Boolean.toString(bool(value)));
            case "numeric" -> decimal(column, wire, value);
            case "float4" -> Optional.of(FloatText.ofFloat(Float.parseFloat(value.asText())));
            case "float8" -> Optional.of(FloatText.ofDouble(Double.parseDouble(value.asText())));
            case "text", "varchar", "name", "citext", "enum", "uuid", "json", "jsonb", "cidr", "macaddr" ->
                Optional.of(string(value));
            case "bpchar" -> Optional.of(string(value).replaceFirst(" +$", ""));
            case "inet" -> Optional.of(withMask(string(value)));
            case "bytea" ->
                Optional.of("\\x" + HexFormat.of().formatHex(Base64.getDecoder().decode(string(value))));
            case "date" -> TemporalText.date(wire, value);
            case "time" -> TemporalText.time(column, wire, value);
            case "timestamp" -> TemporalText.timestamp(column, wire, value);
            case "timestamptz" -> TemporalText.timestampWithZone(value);
            default -> Optional.empty();
        };
    }

    private static BigInteger integer(JsonNode value) {
        if (!value.isIntegralNumber()) {
            throw new IllegalArgumentException("no integer");
        }
        return value.bigIntegerValue();
    }

    private static boolean bool(JsonNode value) {
        if (!value.isBoolean()) {
            throw new IllegalArgumentException("no boolean");
        }
        return value.booleanValue();
    }

    private static String string(JsonNode value) {
        if (!value.isTextual()) {
            throw new IllegalArgumentException("no string");
        }
        return value.textValue();
    }

    /** {@code inet::text} always prints the mask; the type's output form leaves a whole address's out. */
    private static String withMask(String address) {
        return address.contains("/") ? address : address + (address.contains(":") ? "/128" : "/32");
    }

    /**
     * A decimal comes as text, as bytes with a scale, as an object of both, or as a floating point number. Text and bytes
     * look alike where no schema tells them apart: then only text with the column's own decimals is believed.
     */
    private Optional<String> decimal(Column column, WireType wire, JsonNode value) {
        boolean constrained = column.modifier() >= 4;
        int scale = constrained ? scaleOf(column.modifier()) : 0;
        if (value.isObject()) {
            return Optional.of(
                    unscaled(string(value.path("value")), value.path("scale").asInt()));
        }
        if (value.isTextual() && wire.name().equals(DECIMAL)) {
            return Optional.of(unscaled(value.textValue(), wire.scale().orElse(0)));
        }
        if (value.isTextual()) {
            String text = value.textValue();
            boolean believed = decimalsAreText || !wire.equals(WireType.UNSTATED) || !constrained || scale > 0;
            if (believed && DECIMAL_TEXT.matcher(text).matches()) {
                return Optional.of(text);
            }
            return constrained && scale > 0 ? Optional.of(unscaled(text, scale)) : Optional.empty();
        }
        if (value.isNumber() && constrained && scale >= 0) {
            return Optional.of(value.decimalValue().setScale(scale).toPlainString());
        }
        return Optional.empty();
    }

    /** The scale stands in the lower eleven bits of the modifier, signed since PostgreSQL 15. */
    private static int scaleOf(int modifier) {
        return (((modifier - 4) & 0x7FF) ^ 1024) - 1024;
    }

    private static String unscaled(String base64, int scale) {
        return new BigDecimal(new BigInteger(Base64.getDecoder().decode(base64)), scale).toPlainString();
    }
}
