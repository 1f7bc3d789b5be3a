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
    private static final Pattern DECIMAL_TEXT = Pattern.compile("-?\\d+(\\.\\d+)?");

    /** So many decimal digits survive a double. */
    private static final int DOUBLE_DIGITS = 15;

    /** As far as the modifier's bits reach; a hostile scale would print gigabytes of zeros. */
    private static final int LARGEST_SCALE = 2047;

    /** No numeric has more digits, before and after its point. Numbers are converted in the square of their digits. */
    private static final int MOST_DIGITS = 131_072 + 16_383;

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
            // Debezium writes null for what it does not know how to read, a column of type name among it.
            return column.type().inKeys() ? Cell.NULL : Cell.UNKNOWN;
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
            // Without the cause: its message quotes the value.
            throw new UndecodableException("column " + column.name() + " of type " + column.sqlType() + " holds a "
                    + value.getNodeType() + " that is none (" + e.getClass().getSimpleName() + ")");
        }
    }

    private Optional<String> text(Column column, WireType wire, JsonNode value) {
        ColumnType type = column.type();
        return switch (type.name()) {
            case "int2", "int4", "int8", "oid" -> Optional.of(Long.toString(integer(value)));
            case "bool" -> Optional.of(Boolean.toString(bool(value)));
            case "numeric" -> decimal(column, wire, value);
            case "float4" -> Optional.of(FloatText.ofFloat(Float.parseFloat(value.asText())));
            case "float8" -> Optional.of(FloatText.ofDouble(Double.parseDouble(value.asText())));
            case "text", "varchar", "citext", "enum", "uuid", "json", "jsonb", "cidr", "macaddr" ->
                Optional.of(string(value));
            case "bpchar" -> Optional.of(withoutPadding(string(value)));
            case "inet" -> Optional.of(withMask(string(value)));
            case "bytea" -> bytes(wire, string(value));
            case "date" -> TemporalText.date(wire, value);
            case "time" -> TemporalText.time(column, wire, value);
            case "timestamp" -> TemporalText.timestamp(column, wire, value);
            case "timestamptz" -> TemporalText.timestampWithZone(value);
            default -> Optional.empty();
        };
    }

    private static long integer(JsonNode value) {
        if (!value.isIntegralNumber() || !value.canConvertToLong()) {
            throw new IllegalArgumentException("no integer");
        }
        return value.longValue();
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
        String text = value.textValue();
        if (holdsHalfAPair(text)) {
            // PostgreSQL holds no such text, and Redis takes no key of it.
            throw new IllegalArgumentException("half a surrogate pair");
        }
        return text;
    }

    private static boolean holdsHalfAPair(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                if (!Character.isSurrogatePair(text.charAt(i), i + 1 < text.length() ? text.charAt(i + 1) : ' ')) {
                    return true;
                }
                i++;
            }
        }
        return false;
    }

    /** By hand: an expression looks for the end from each blank anew. */
    private static String withoutPadding(String text) {
        int end = text.length();
        while (end > 0 && text.charAt(end - 1) == ' ') {
            end--;
        }
        return text.substring(0, end);
    }

    /** {@code inet::text} always prints the mask; the type's output form leaves a whole address's out. */
    private static String withMask(String address) {
        return address.contains("/") ? address : address + (address.contains(":") ? "/128" : "/32");
    }

    /** Bytes that the schema calls a string may be hexadecimal or base64: which of them it does not say. */
    private static Optional<String> bytes(WireType wire, String text) {
        return wire.type().equals("string")
                ? Optional.empty()
                : Optional.of(
                        "\\x" + HexFormat.of().formatHex(Base64.getDecoder().decode(text)));
    }

    /**
     * A decimal comes as text, as bytes with a scale, as an object of both, or as a floating point number. Text and bytes
     * look alike where no schema tells them apart: then only text with the column's own decimals is believed.
     */
    private Optional<String> decimal(Column column, WireType wire, JsonNode value) {
        boolean constrained = column.modifier() >= 4;
        int scale = constrained ? scaleOf(column.modifier()) : 0;
        if (value.isObject()) {
            // Of a scale of its own: Debezium cuts trailing zeros off, which PostgreSQL prints.
            return Optional.empty();
        }
        if (value.isNumber()) {
            return constrained && scale >= 0 && precisionOf(column.modifier()) <= DOUBLE_DIGITS
                    ? Optional.of(value.decimalValue().setScale(scale).toPlainString())
                    : Optional.empty();
        }
        String text = string(value);
        if (wire.name().equals(DECIMAL)) {
            return Optional.of(whole(unscaled(text, wire.scale().orElse(0)), scale));
        }
        if (decimalsAreText || wire.type().equals("string") || !constrained) {
            return Optional.of(whole(printed(text), scale));
        }
        if (scale <= 0) {
            return Optional.empty();
        }
        boolean ownDecimals = text.length() - text.indexOf('.') - 1 == scale
                && DECIMAL_TEXT.matcher(text).matches();
        return Optional.of(ownDecimals || text.equalsIgnoreCase("NaN") ? printed(text) : unscaled(text, scale));
    }

    /** Debezium takes a scale below zero for a large one. */
    private static String whole(String text, int scale) {
        return scale < 0 && text.contains(".")
                ? new BigDecimal(text).setScale(0).toPlainString()
                : text;
    }

    /** Debezium names what is no number in words of its own. */
    private static String printed(String decimal) {
        return switch (decimal) {
            case "NAN", "NaN" -> "NaN";
            case "POSITIVE_INFINITY", "Infinity" -> "Infinity";
            case "NEGATIVE_INFINITY", "-Infinity" -> "-Infinity";
            default -> {
                if (decimal.length() > MOST_DIGITS + 2
                        || !DECIMAL_TEXT.matcher(decimal).matches()) {
                    throw new IllegalArgumentException("no decimal");
                }
                yield decimal;
            }
        };
    }

    private static int precisionOf(int modifier) {
        return ((modifier - 4) >> 16) & 0xFFFF;
    }

    /** The scale stands in the lower eleven bits of the modifier, signed since PostgreSQL 15. */
    private static int scaleOf(int modifier) {
        return (((modifier - 4) & 0x7FF) ^ 1024) - 1024;
    }

    private static String unscaled(String base64, int scale) {
        // Six bits a character; a decimal digit is more than three.
        if (scale > LARGEST_SCALE
                || scale < -LARGEST_SCALE
                || base64.length() > MOST_DIGITS
                || base64.length() % 4 != 0) {
            throw new IllegalArgumentException("no decimal");
        }
        return new BigDecimal(new BigInteger(Base64.getDecoder().decode(base64)), scale).toPlainString();
    }
}
