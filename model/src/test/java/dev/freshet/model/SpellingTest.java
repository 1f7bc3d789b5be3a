package dev.freshet.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SpellingTest {

    private static final List<String> KNOWN = List.of("id", "title", "price", "author_id", "AuthorId");

    @ParameterizedTest
    @CsvSource({"titel, title", "Title, title", "pric, price", "author_ids, author_id", "authorid, AuthorId", "di, id"})
    void aNearNameIsFound(String name, String meant) {
        assertThat(Spelling.nearest(name, KNOWN)).contains(meant);
        assertThat(Spelling.suggestion(name, KNOWN)).isEqualTo("; did you mean '" + meant + "'?");
    }

    @Test
    void nothingIsGuessedFromAfar() {
        assertThat(Spelling.nearest("stock", KNOWN)).isEmpty();
        assertThat(Spelling.suggestion("stock", KNOWN)).isEmpty();
    }
}
