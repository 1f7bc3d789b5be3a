package dev.freshet.system.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.system.faults.Chronicle.Change;
import dev.freshet.system.faults.FaultJudge.Stale;
import dev.freshet.system.oracle.Entry;
import dev.freshet.system.oracle.Held;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FaultJudgeTest {

    private static final Rows ROWS = new Rows(Map.of(
            Table.BOOK,
            List.of(book(1, 7, 3, 50, 100), book(2, 7, 4, 60, 101), book(3, 8, 3, 70, 102)),
            Table.ITEM,
            List.of(item(5, 1, 10, 103), item(5, 2, 20, 104)),
            Table.NOTE,
            List.of(note(1, 2, 1, 105), note(2, 2, 0, 106)),
            Table.PLAIN,
            List.of(Map.of("id", 9L, "version", 107L))));

    private static final Map<Entry, String> FRESH = Map.ofEntries(
            Map.entry(key("book:1"), "{\"id\":1,\"author\":7,\"genre\":3,\"price\":50,\"version\":100}"),
            Map.entry(key("book:4"), "null"),
            Map.entry(key("author:7:books"), "[{\"id\":1,\"version\":100},{\"id\":2,\"version\":101}]"),
            Map.entry(key("author:9:books"), "[]"),
            Map.entry(key("card:2"), "{\"id\": 2, \"price\": 60, \"version\": 101}"),
            Map.entry(Entry.ofField("prices", "3"), "{\"id\":3,\"price\":70,\"version\":102}"),
            Map.entry(Entry.ofField("stock", "3"), "{\"version\":102,\"id\":3}"),
            Map.entry(key("shelf:3:all"), "[{\"id\":1,\"price\":50},{\"id\":3,\"price\":70}]"),
            Map.entry(key("line:5:2"), "{\"purchase\":5,\"line\":2,\"quantity\":20,\"version\":104}"),
            Map.entry(key("order:5:summary"), "{\"lines\":2,\"quantity\":30,\"version\":104}"),
            Map.entry(key("note:2"), "{\"id\":2,\"grp\":2,\"status\":0,\"version\":106}"),
            Map.entry(key("grp:2"), "{\"id\":1,\"grp\":2,\"version\":105}"),
            Map.entry(key("notes:list:all"), "[{\"id\":1,\"version\":105}]"),
            Map.entry(key("plain:9"), "{\"id\":9,\"version\":107}"));

    @Test
    void whatTheRowsSayIsNotStale() {
        assertThat(judge(FRESH)).isEmpty();
    }

    @Test
    void everyOtherValueIs() {
        FRESH.forEach((entry, value) -> {
            String older = value.replaceAll("\"version\": ?1", "\"version\":")
                    .replaceAll("\"price\":[57]", "\"price\":")
                    .replace("[]", "[{\"id\":1,\"version\":1}]")
                    .replace("null", "{\"id\":4,\"author\":7,\"genre\":3,\"price\":50,\"version\":100}");
            assertThat(older).isNotEqualTo(value);
            Map<Entry, String> cached = new HashMap<>(FRESH);
            cached.put(entry, older);
            assertThat(judge(cached)).extracting(Stale::entry).containsExactly(entry);
        });
    }

    @Test
    void aRowMissingFromAListIsFound() {
        assertThat(judge(Map.of(key("author:7:books"), "[{\"id\":2,\"version\":101}]")))
                .hasSize(1);
    }

    @Test
    void whatHasNoRowIsFound() {
        assertThat(judge(Map.of(
                        key("book:4"), "{\"id\":4,\"author\":7,\"genre\":3,\"price\":50,\"version\":100}",
                        key("grp:8"), "{\"id\":1,\"grp\":8,\"version\":105}",
                        key("plain:8"), "\"marker\"",
                        key("nobodys"), "1")))
                .hasSize(4);
    }

    @Test
    void theHistoryNamesWhatConcernsTheEntryAlone() {
        Chronicle chronicle = new Chronicle();
        chronicle.tell("REDIS_KILLED begins");
        chronicle.changed(
                "transaction 5 committed",
                List.of(
                        new Change(Table.BOOK, book(1, 6, 3, 50, 99), book(1, 7, 3, 50, 100)),
                        new Change(Table.BOOK, book(2, 5, 3, 50, 98), Map.of())));
        chronicle.changed("transaction 6 committed", List.of(new Change(Table.NOTE, Map.of(), note(7, 1, 1, 97))));
        chronicle.loaded(key("author:6:books"), "[]");
        chronicle.loaded(key("author:7:books"), "[]");

        List<String> about = chronicle.about(Form.AUTHOR, key("author:6:books"));

        assertThat(about).hasSize(3);
        assertThat(about.get(0)).endsWith("REDIS_KILLED begins");
        assertThat(about.get(1))
                .contains("transaction 5 committed", "version=99")
                .doesNotContain("version=98");
        assertThat(about.get(2)).endsWith("a reader loaded []");
    }

    private static List<Stale> judge(Map<Entry, String> cached) {
        Map<Entry, Held> held = new HashMap<>();
        cached.forEach((entry, text) -> held.put(entry, new Held.Text(text)));
        return FaultJudge.judge(ROWS, held);
    }

    private static Entry key(String key) {
        return Entry.ofKey(key);
    }

    private static Map<String, Long> book(long id, long author, long genre, long price, long version) {
        return Map.of("id", id, "author", author, "genre", genre, "price", price, "version", version);
    }

    private static Map<String, Long> item(long purchase, long line, long quantity, long version) {
        return Map.of("purchase", purchase, "line", line, "quantity", quantity, "version", version);
    }

    private static Map<String, Long> note(long id, long grp, long status, long version) {
        return Map.of("id", id, "grp", grp, "status", status, "version", version);
    }
}
