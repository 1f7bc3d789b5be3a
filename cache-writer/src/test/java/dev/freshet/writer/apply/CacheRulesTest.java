package dev.freshet.writer.apply;

import static dev.freshet.writer.Mappings.field;
import static dev.freshet.writer.Mappings.key;
import static dev.freshet.writer.Mappings.match;
import static dev.freshet.writer.Mappings.refreshed;
import static dev.freshet.writer.Mappings.tag;
import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.model.CacheMapping;
import dev.freshet.model.CacheMapping.ValueFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

final class CacheRulesTest {

    private static final CacheMapping BOOK = key("book", "book:{id}");
    private static final CacheMapping PRICES = field("prices", "prices:{author}", "p{id}");
    private static final CacheMapping LISTS = match("lists", "book:[0-9]*");
    private static final CacheMapping SHELF = tag("shelf", "genre:{id}", "shelf:*");

    private final CacheRules rules = new CacheRules(List.of(BOOK, PRICES, LISTS, SHELF));

    @Test
    void eachCacheHasTheGlobOfAllItsKeys() {
        assertThat(rules.fencedGlobs())
                .containsOnly(
                        java.util.Map.entry("book", "book:*"),
                        java.util.Map.entry("prices", "prices:*"),
                        java.util.Map.entry("lists", "book:[0-9]*"),
                        java.util.Map.entry("shelf", "shelf:*"));
    }

    @Test
    void aKeyFallsUnderEveryGlobThatMeansIt() {
        assertThat(rules.patterns("book:7")).containsExactlyInAnyOrder("book:*", "book:[0-9]*");
        assertThat(rules.patterns("book:x")).containsExactly("book:*");
        assertThat(rules.patterns("shelf:\n")).containsExactly("shelf:*");
        assertThat(rules.patterns("pen:7")).isEmpty();
        assertThat(new CacheRules(List.of(BOOK, key("again", "book:{isbn}"))).patterns("book:7"))
                .containsExactly("book:*");
    }

    @Test
    void whatRedisFindsByAGlobOfTheFileIsMeant() {
        assertThat(rules.scan(LISTS).matches("whatever Redis says")).isTrue();
        assertThat(rules.scan(BOOK).matches("bookshelf:7")).isFalse();
    }

    @Test
    void onlyAFieldMappingMeansFields() {
        assertThat(rules.fields(BOOK)).isEmpty();
        assertThat(rules.fields(PRICES).orElseThrow().matches("p7")).isTrue();
        assertThat(rules.fields(PRICES).orElseThrow().matches("q7")).isFalse();
    }

    @Test
    void aRemovalIsGuardedWhereARefreshMayStoreTheSameKey() {
        CacheMapping card = refreshed(key("card", "book:{id}:card"), ValueFormat.JSON, "id");
        CacheRules refreshing = new CacheRules(List.of(BOOK, PRICES, LISTS, SHELF, card));
        assertThat(rules.guarded(BOOK)).describedAs("nothing refreshes").isFalse();
        assertThat(refreshing.guarded(BOOK)).isTrue();
        assertThat(refreshing.guarded(LISTS)).isTrue();
        assertThat(refreshing.guarded(card)).isTrue();
        assertThat(refreshing.guarded(PRICES)).isFalse();
        assertThat(refreshing.guarded(SHELF)).isFalse();
        for (CacheMapping meeting :
                List.of(tag("cards", "genre:{id}", "book:[0-9]*:card"), match("all", "*"), key("any", "{id}"))) {
            assertThat(new CacheRules(List.of(card, meeting)).guarded(meeting)).isTrue();
        }
    }
}
