package dev.freshet.demo.api;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.freshet.demo.shop.Author;
import dev.freshet.demo.shop.Book;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.util.List;
import java.util.function.Function;

/** What the API says and hears, as JSON. Thread-safe. */
public final class Json {

    static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .enable(StreamWriteFeature.WRITE_BIGDECIMAL_AS_PLAIN)
            .build();

    private Json() {}

    static String book(Book book) {
        return write(bookNode(book));
    }

    static String books(List<Book> books) {
        return write(list("books", books, Json::bookNode));
    }

    static String authors(List<Author> authors) {
        return write(list(
                "authors",
                authors,
                author -> MAPPER.createObjectNode().put("id", author.id()).put("name", author.name())));
    }

    static String price(long id, BigDecimal price) {
        return write(MAPPER.createObjectNode().put("id", id).put("price", price));
    }

    static String blurb(long id, String text) {
        return write(MAPPER.createObjectNode().put("book_id", id).put("blurb", text));
    }

    static String card(Book book) {
        return write(MAPPER.createObjectNode()
                .put("id", book.id())
                .put("title", book.title())
                .put("price", book.price()));
    }

    static String problem(Problem problem) {
        ObjectNode node = MAPPER.createObjectNode()
                .put("title", problem.title())
                .put("status", problem.status())
                .put("detail", problem.detail());
        if (!problem.errors().isEmpty()) {
            ArrayNode errors = node.putArray("errors");
            problem.errors()
                    .forEach(error ->
                            errors.addObject().put("pointer", error.pointer()).put("detail", error.detail()));
        }
        return write(node);
    }

    /** @throws UncheckedIOException where the text is no JSON */
    public static JsonNode read(String text) {
        try {
            return MAPPER.readTree(text);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException("what should be JSON is not", e);
        }
    }

    private static ObjectNode bookNode(Book book) {
        return MAPPER.createObjectNode()
                .put("id", book.id())
                .put("title", book.title())
                .put("author_id", book.authorId())
                .put("genre_id", book.genreId())
                .put("price", book.price())
                .put("published", book.published().toString());
    }

    private static <T> ObjectNode list(String name, List<T> items, Function<T, ObjectNode> node) {
        ObjectNode all = MAPPER.createObjectNode();
        ArrayNode array = all.putArray(name);
        items.forEach(item -> array.add(node.apply(item)));
        return all;
    }

    /** As text. */
    public static String write(JsonNode node) {
        try {
            return MAPPER.writeValueAsString(node);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }
}
