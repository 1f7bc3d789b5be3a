package dev.freshet.demo.api;

import dev.freshet.demo.shop.BookPatch;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.Optional;

/** The request to change a book. Pure. */
final class PatchParser {

    private static final int LONGEST_TITLE = 200;

    private PatchParser() {}

    static BookPatch parse(byte[] body) {
        Members members = Members.of(body, "at least one of title, price, author_id, genre_id, published");
        Optional<String> title = members.optional("title", value -> Values.text(value, LONGEST_TITLE));
        Optional<BigDecimal> price = members.optional("price", Values::price);
        Optional<Long> author = members.optional("author_id", Values::id);
        Optional<Long> genre = members.optional("genre_id", Values::id);
        Optional<LocalDate> published = members.optional("published", Values::date);
        members.done();
        return new BookPatch(title, price, author, genre, published);
    }
}
