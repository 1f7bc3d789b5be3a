package dev.freshet.demo.api;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;

/** What members of a request's body may be. Each reads a value, or fails with the rule that it breaks. Pure. */
final class Values {

    private static final int MOST_WHOLE_DIGITS = 6;
    private static final LocalDate EARLIEST = LocalDate.of(1000, 1, 1);
    private static final LocalDate LATEST = LocalDate.of(2999, 12, 31);

    private Values() {}

    /** One line of text. */
    static String text(JsonNode value, int longest) {
        String text = value.textValue();
        require(text != null, "must be a string");
        require(!text.isBlank(), "must not be blank");
        require(text.codePointCount(0, text.length()) <= longest, "must have at most " + longest + " characters");
        require(
                text.chars().noneMatch(Character::isISOControl)
                        && StandardCharsets.UTF_8.newEncoder().canEncode(text),
                "must hold no control character and no half of a surrogate pair");
        return text;
    }

    static BigDecimal price(JsonNode value) {
        require(value.isNumber(), "must be a number");
        BigDecimal price = value.decimalValue().stripTrailingZeros();
        // Digits are counted before anything expands the number: 1e999999999 is short to write.
        require(price.scale() <= 2, "must have at most two decimals");
        require(
                price.signum() >= 0 && (long) price.precision() - price.scale() <= MOST_WHOLE_DIGITS,
                "must lie between 0 and 999999.99");
        return price.setScale(2);
    }

    static Long id(JsonNode value) {
        require(
                value.isIntegralNumber() && value.canConvertToLong() && value.longValue() > 0,
                "must be an id, a positive integer");
        return value.longValue();
    }

    static Integer whole(JsonNode value, int least, int most) {
        require(
                value.isIntegralNumber()
                        && value.canConvertToInt()
                        && value.intValue() >= least
                        && value.intValue() <= most,
                "must be a whole number from " + least + " to " + most);
        return value.intValue();
    }

    static LocalDate date(JsonNode value) {
        String rule = "must be a date between 1000-01-01 and 2999-12-31, written as 2024-02-29";
        String text = value.textValue();
        require(text != null && text.length() == 10, rule);
        LocalDate date;
        try {
            date = LocalDate.parse(text);
        } catch (DateTimeParseException e) {
            throw new WrongValue(rule);
        }
        require(!date.isBefore(EARLIEST) && !date.isAfter(LATEST), rule);
        return date;
    }

    private static void require(boolean holds, String rule) {
        if (!holds) {
            throw new WrongValue(rule);
        }
    }

    /** The message is the rule, and holds nothing of the request. */
    static final class WrongValue extends RuntimeException {

        private static final long serialVersionUID = 1L;

        private final String rule;

        WrongValue(String rule) {
            super(rule, null, false, false);
            this.rule = rule;
        }

        String rule() {
            return rule;
        }
    }
}
