package dev.freshet.system.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class OracleTest {

    private static final Table ALBUM = Table.of("album", 1, "id:INTEGER", "title", "artist:INTEGER");
    private static final Image OLD = album("1", "A: b", "7");
    private static final Image NEW = album("1", "Ü*", "8");

    private static final Cache ONE = Cache.key("one", ALBUM, "album:{id}");
    private static final Cache LIST = Cache.key("list", ALBUM, "artist:{artist}:albums");

    private static Image album(String id, String title, String artist) {
        return Image.of("id", id, "title", title, "artist", artist);
    }

    private static Set<Entry> keys(String... keys) {
        return java.util.Arrays.stream(keys).map(Entry::ofKey).collect(java.util.stream.Collectors.toSet());
    }

    private static Verdict judge(List<Cache> caches, List<Change> changes, String... standing) {
        return new Oracle(caches).judge(changes, keys(standing));
    }

    private static List<Change> change(List<Image> before, List<Image> after, Image... touched) {
        return Change.between(ALBUM, before, after, List.of(touched));
    }

    @Test
    void anUpdateTouchesTheKeysOfBothImages() {
        assertThat(judge(List.of(ONE, LIST), change(List.of(OLD), List.of(NEW))).gone())
                .isEqualTo(keys("album:1", "artist:7:albums", "artist:8:albums"));
    }

    @Test
    void aRowThatStaysTouchesNothing() {
        assertThat(judge(List.of(ONE), change(List.of(OLD), List.of(OLD))).gone())
                .isEmpty();
    }

    @Test
    void aRowWrittenAsItWasTouchesItsKeys() {
        assertThat(judge(List.of(ONE), change(List.of(OLD), List.of(OLD), OLD)).gone())
                .isEqualTo(keys("album:1"));
    }

    @Test
    void aNewPrimaryKeyIsARowThatWentAndOneThatCame() {
        List<Change> changes = change(List.of(OLD), List.of(album("2", "A: b", "7")));

        assertThat(changes).hasSize(2);
        assertThat(judge(List.of(ONE.columns("title")), changes).gone()).isEqualTo(keys("album:1", "album:2"));
    }

    @Test
    void aNullColumnMakesNoKey() {
        assertThat(judge(List.of(LIST), change(List.of(), List.of(album("1", "A", "null"))))
                        .gone())
                .isEmpty();
    }

    @Test
    void anUpdateOfOtherColumnsDoesNotCount() {
        Cache titles = ONE.columns("title");

        assertThat(judge(List.of(titles), change(List.of(OLD), List.of(album("1", "A: b", "9"))))
                        .gone())
                .isEmpty();
        assertThat(judge(List.of(titles), change(List.of(OLD), List.of(NEW))).gone())
                .isEqualTo(keys("album:1"));
    }

    @Test
    void whenHoldsIfItHoldsForOneOfTheImages() {
        Cache eighth = ONE.when(
                "row.artist == 8", image -> image.cell("artist").orElse("").equals("8"));

        assertThat(judge(List.of(eighth), change(List.of(OLD), List.of(NEW))).gone())
                .isNotEmpty();
        assertThat(judge(List.of(eighth), change(List.of(NEW), List.of(OLD))).gone())
                .isNotEmpty();
        assertThat(judge(List.of(eighth), change(List.of(OLD), List.of())).gone())
                .isEmpty();
    }

    @Test
    void anEmptiedTableTakesEveryKeyThatItCouldHaveMadeAndNoLookAlike() {
        Verdict verdict = judge(
                List.of(LIST),
                List.of(new Change.Emptied(ALBUM)),
                "artist:1:albums",
                "artist:-5:albums",
                "artist::albums",
                "artist:x:albums",
                "artist:1:albums:x",
                "xartist:1:albums");

        assertThat(verdict.gone()).isEqualTo(keys("artist:1:albums", "artist:-5:albums"));
    }

    @Test
    void textMatchesWhateverItHolds() {
        Cache titles = Cache.key("titles", ALBUM, "title:{title}!");

        assertThat(judge(List.of(titles), List.of(new Change.Emptied(ALBUM)), "title:a:\n*!", "title:a")
                        .gone())
                .isEqualTo(keys("title:a:\n*!"));
    }

    @Test
    void everyChangeSweepsAGlob() {
        Cache all = Cache.match("all", ALBUM, "list:*:x");

        assertThat(judge(List.of(all), change(List.of(OLD), List.of()), "list:a:x", "list::x", "list:a", "list:x")
                        .gone())
                .isEqualTo(keys("list:a:x", "list::x"));
    }

    @Test
    void aFieldIsAnEntryOfItsOwn() {
        Cache prices = Cache.key("prices", ALBUM, "prices").field("{id}");
        Set<Entry> standing = Set.of(Entry.ofField("prices", "9"), Entry.ofField("prices", "x"));

        assertThat(new Oracle(List.of(prices))
                        .judge(change(List.of(OLD), List.of()), standing)
                        .gone())
                .isEqualTo(Set.of(Entry.ofField("prices", "1")));
        assertThat(new Oracle(List.of(prices))
                        .judge(List.of(new Change.Emptied(ALBUM)), standing)
                        .gone())
                .isEqualTo(Set.of(Entry.ofField("prices", "9")));
    }

    @Test
    void aPlantedWrongKeyAndAPlantedLostKeyAreFound() {
        Verdict verdict = judge(List.of(ONE), change(List.of(OLD), List.of(NEW)));
        Map<Entry, Held> before =
                Map.of(Entry.ofKey("album:1"), new Held.Text("v"), Entry.ofKey("album:2"), new Held.Text("v"));

        assertThat(verdict.missing(before)).singleElement().asString().startsWith("lost: album:1");
        assertThat(verdict.excess(before, Map.of())).singleElement().asString().startsWith("wrong: album:2 went");
        Map<Entry, Held> right = new HashMap<>(before);
        right.remove(Entry.ofKey("album:1"));
        assertThat(verdict.missing(right)).isEmpty();
        assertThat(verdict.excess(before, right)).isEmpty();
    }

    @Test
    void aKeyThatNobodyAskedForIsFound() {
        Map<Entry, Held> now = Map.of(Entry.ofKey("album:3"), new Held.Text("v"), Entry.ofKey("x"), new Held.Text("w"));

        assertThat(judge(List.of(ONE), List.of()).excess(Map.of(Entry.ofKey("x"), new Held.Text("v")), now))
                .containsExactlyInAnyOrder(
                        "wrong: album:3 appeared", "wrong: x was written, though nothing behind it changed");
    }

    @Test
    void aRefreshHoldsTheNewestRow() {
        Cache card = Cache.key("card", ALBUM, "card:{id}").refresh(Cache.Value.JSON, "id", "title");
        Verdict verdict = judge(List.of(card), change(List.of(OLD), List.of(NEW)));
        Entry entry = Entry.ofKey("card:1");

        assertThat(verdict.missing(Map.of(entry, new Held.Text("{\"title\":\"Ü*\",\"id\":1}"))))
                .isEmpty();
        assertThat(verdict.missing(Map.of(entry, new Held.Text("{\"title\":\"A: b\",\"id\":1}"))))
                .hasSize(1);
        assertThat(verdict.missing(Map.of(entry, new Held.Text("{\"title\":\"Ü*\",\"id\":\"1\"}"))))
                .hasSize(1);
        assertThat(verdict.missing(Map.of(entry, new Held.Text("stale")))).hasSize(1);
        assertThat(verdict.missing(Map.of())).hasSize(1);
    }

    @Test
    void aRefreshIsOverWhenItsRowGoes() {
        Cache card = Cache.key("card", ALBUM, "card:{id}").refresh(Cache.Value.HASH, "id", "title");
        List<Change> changes = new java.util.ArrayList<>(change(List.of(OLD), List.of(NEW)));
        changes.addAll(change(List.of(NEW), List.of()));

        Verdict verdict = new Oracle(List.of(card)).judge(changes, List.of());

        assertThat(verdict.renewed()).isEmpty();
        assertThat(verdict.gone()).isEqualTo(keys("card:1"));
    }

    @Test
    void aHashLeavesNullsOut() {
        Table table = Table.of("t", 1, "id:INTEGER", "name", "price:NUMERIC");
        Cache card = Cache.key("card", table, "card:{id}").refresh(Cache.Value.HASH, "id", "name", "price");
        List<Change> changes = Change.between(
                table, List.of(), List.of(Image.of("id", "1", "name", "null", "price", "0.90")), List.of());

        Verdict verdict = new Oracle(List.of(card)).judge(changes, List.of());

        assertThat(verdict.missing(Map.of(Entry.ofKey("card:1"), new Held.Hash(Map.of("id", "1", "price", "0.90")))))
                .isEmpty();
        assertThat(verdict.missing(Map.of(Entry.ofKey("card:1"), new Held.Hash(Map.of("id", "1", "price", "0.9")))))
                .hasSize(1);
        assertThat(new BigDecimal("0.90")).isNotEqualTo(new BigDecimal("0.9"));
    }

    @Test
    void afterASweepARefreshMayStandOrNot() {
        Cache card = Cache.key("card", ALBUM, "card:{id}").refresh(Cache.Value.JSON, "id");
        List<Change> changes = new java.util.ArrayList<>(List.of(new Change.Emptied(ALBUM)));
        changes.addAll(change(List.of(), List.of(NEW)));

        Verdict verdict = new Oracle(List.of(card)).judge(changes, List.of());

        assertThat(verdict.missing(Map.of())).isEmpty();
        assertThat(verdict.missing(Map.of(Entry.ofKey("card:1"), new Held.Text("{\"id\":1}"))))
                .isEmpty();
        assertThat(verdict.missing(Map.of(Entry.ofKey("card:1"), new Held.Text("stale"))))
                .hasSize(1);
    }
}
