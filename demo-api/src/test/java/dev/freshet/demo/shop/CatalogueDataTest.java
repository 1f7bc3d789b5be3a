package dev.freshet.demo.shop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

final class CatalogueDataTest {

    @Test
    void theSameSeedGivesTheSameCatalogue() {
        assertThat(CatalogueData.generate(7, 20, 200)).isEqualTo(CatalogueData.generate(7, 20, 200));
        assertThat(CatalogueData.generate(7, 20, 200).books())
                .isNotEqualTo(CatalogueData.generate(8, 20, 200).books());
    }

    @Test
    void everyAuthorHasABookAndEveryBookAnAuthor() {
        CatalogueData data = CatalogueData.generate(7, 20, 200);

        assertThat(data.books().stream().map(Book::authorId).collect(Collectors.toSet()))
                .isEqualTo(data.authors().stream().map(Author::id).collect(Collectors.toSet()));
    }

    /** COPY's text form would read these as something else. */
    @Test
    void noTextNeedsEscaping() {
        CatalogueData data = CatalogueData.generate(7, 300, 3000);

        assertThat(data.books()).extracting(Book::title).noneMatch(text -> text.matches("(?s).*[\\\\\t\n\r].*"));
        assertThat(data.authors()).extracting(Author::name).noneMatch(text -> text.matches("(?s).*[\\\\\t\n\r].*"));
        assertThat(data.blurbs()).noneMatch(text -> text.matches("(?s).*[\\\\\t\n\r].*"));
        assertThat(data.genres()).extracting(Genre::name).noneMatch(text -> text.matches("(?s).*[\\\\\t\n\r].*"));
        assertThat(data.reviews()).extracting(Review::body).noneMatch(text -> text.matches("(?s).*[\\\\\t\n\r].*"));
        assertThat(data.accounts()).extracting(Account::name).noneMatch(text -> text.matches("(?s).*[\\\\\t\n\r].*"));
    }

    @Test
    void somethingOfEachIsThereAndNoTwoAccountsShareAToken() {
        CatalogueData data = CatalogueData.generate(7, 20, 200);

        assertThat(data.genres()).hasSize(24);
        assertThat(data.stock()).hasSize(200);
        assertThat(data.reviews()).hasSize(4_000);
        assertThat(data.orders()).hasSize(2_000);
        assertThat(data.accounts().stream().map(data::token))
                .doesNotHaveDuplicates()
                .hasSize(33);
    }
}
