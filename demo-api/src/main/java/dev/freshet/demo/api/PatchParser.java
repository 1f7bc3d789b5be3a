package dev.freshet.demo.api;

import com.fasterxml.jackson.databind.JsonNode;
import dev.freshet.demo.shop.BookPatch;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** The request to change a book, checked as a whole: every wrong member is reported at once. Pure. */
final class PatchParser {

    private static final int LONGEST_TITLE = 200;
    private static final int MOST_WHOLE_DIGITS = 6;
    private static final LocalDate EARLIEST = LocalDate.of(1000, 1, 1);
    private static final LocalDate LATEST = LocalDate.of(2999, 12, 31);

    private final List<Problem.Member> errors = new ArrayList<>();

    private PatchParser() {}

    static BookPatch parse(byte[] body) {
        return new PatchParser().read(tree(body));
    }

    private static JsonNode tree(byte[] body) {
        JsonNode tree;
        try {
            tree = Json.MAPPER.readTree(body);
        } catch (IOException | NumberFormatException e) { // the latter from an exponent beyond an int
            throw Problem.badRequest("The body is not a well-formed JSON object.")
                    .refused();
        }
        if (!tree.isObject() || tree.isEmpty()) {
            throw Problem.badRequest(
                            "The body must be a JSON object with at least one of title, price, author_id, genre_id,"
                                    + " published.")
                    .refused();
        }
        return tree;
    }

    private BookPatch read(JsonNode tree) {
        Optional<String> title = Optional.empty();
        Optional<BigDecimal> price = Optional.empty();
        Optional<Long> authorId = Optional.empty();
        Optional<Long> genreId = Optional.empty();
        Optional<LocalDate> published = Optional.empty();
        for (Map.Entry<String, JsonNode> member : tree.properties()) {
            switch (member.getKey()) {
                case "title" -> title = check(member, PatchParser::title);
                case "price" -> price = check(member, PatchParser::price);
                case "author_id" -> authorId = check(member, PatchParser::id);
                case "genre_id" -> genreId = check(member, PatchParser::id);
                case "published" -> published = check(member, PatchParser::published);
                default -> wrong(member.getKey(), "is not a member of a book that can be changed");
            }
        }
        if (!errors.isEmpty()) {
            throw Problem.invalid(errors).refused();
        }
        return new BookPatch(title, price, authorId, genreId, published);
    }

    private <T> Optional<T> check(Map.Entry<String, JsonNode> member, Function<JsonNode, T> reader) {
        try {
            return Optional.of(reader.apply(member.getValue()));
        } catch (WrongValue e) {
            wrong(member.getKey(), e.rule);
            return Optional.empty();
        }
    }

    private void wrong(String member, String rule) {
        String shown = member.length() <= 40 ? member : member.substring(0, 40) + "…";
        errors.add(new Problem.Member("/" + shown.replace("~", "~0").replace("/", "~1"), rule));
    }

    private static String title(JsonNode value) {
        String text = value.textValue();
        require(text != null, "must be a string");
        require(!text.isBlank(), "must not be blank");
        require(text.codePointCount(0, text.length()) <= LONGEST_TITLE, "must have at most 200 characters");
        require(
                text.chars().noneMatch(Character::isISOControl)
                        && StandardCharsets.UTF_8.newEncoder().canEncode(text),
                "must hold no control character and no half of a surrogate pair");
        return text;
    }

    private static BigDecimal price(JsonNode value) {
        require(value.isNumber(), "must be a number");
        BigDecimal price = value.decimalValue().stripTrailingZeros();
        // Digits are counted before anything expands the number: 1e999999999 is short to write.
        require(price.scale() <= 2, "must have at most two decimals");
        require(
                price.signum() >= 0 && (long) price.precision() - price.scale() <= MOST_WHOLE_DIGITS,
                "must lie between 0 and 999999.99");
        return price.setScale(2);
    }

    private static Long id(JsonNode value) {
        require(
                value.isIntegralNumber() && value.canConvertToLong() && value.longValue() > 0,
                "must be an id, a positive integer");
        return value.longValue();
    }

    private static LocalDate published(JsonNode value) {
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

    private static final class WrongValue extends RuntimeException {

        private static final long serialVersionUID = 1L;

        private final String rule;

        WrongValue(String rule) {
            super(rule, null, false, false);
            this.rule = rule;
        }
    }
}
