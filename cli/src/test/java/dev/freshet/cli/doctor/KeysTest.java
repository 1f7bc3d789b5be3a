package dev.freshet.cli.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.cli.check.Finding.Severity;
import dev.freshet.model.CacheMapping.Target;
import dev.freshet.model.KeyTemplate;
import dev.freshet.model.TableId;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Which mappings reach the same keys, and what follows. */
class KeysTest {

    private static final TableId CUSTOMERS = TableId.parse("public.customers");
    private static final String ORDER =
            "order: { table: public.orders, key: \"order:{id}:all\", on-change: refresh, query: \"select 1\" }\n";

    @Test
    void templatesReachTheSameKeysWhateverTheirColumnsAreCalled() {
        assertThat(key("o:{id}:x").sameAs(key("o:{order_id}:x"))).isTrue();
        assertThat(key("o:{id}:x").sameAs(key("o:{id}"))).isFalse();
        assertThat(key("o:{{{id}}}").sample()).contains("o:{1}");
        assertThat(key("o[{id}]").glob()).isEqualTo("o\\[*\\]");
    }

    @Test
    void aPatternCoversTheKeysThatBeginSo() {
        assertThat(glob("o:*").cover(key("o:{id}:x"))).isTrue();
        assertThat(glob("o:*:x").cover(key("o:{id}:x"))).isTrue();
        assertThat(glob("o:1*").cover(key("o:{id}"))).isFalse();
        assertThat(glob("o:*:y").cover(key("o:{id}:x"))).isFalse();
        assertThat(key("o:{id}").cover(key("o:{id}:x"))).isFalse();
    }

    @Test
    void whatAQueryReadsIsWatchedByAnyCacheThatReachesItsKeys() {
        Told none = Told.caches(ORDER);
        Told byKey = Told.caches(ORDER + "c: { table: public.customers, key: \"order:{last_order}:all\" }");
        Told byMatch = Told.caches(ORDER + "c: { table: public.customers, match: \"order:*\" }");
        Told elsewhere = Told.caches(ORDER + "c: { table: public.customers, key: \"customer:{id}\" }");

        assertThat(unwatched(none)).containsExactly(CUSTOMERS);
        assertThat(unwatched(byKey)).isEmpty();
        assertThat(unwatched(byMatch)).isEmpty();
        assertThat(unwatched(elsewhere)).containsExactly(CUSTOMERS);
    }

    private static Set<TableId> unwatched(Told told) {
        return new WatchJudge(told.config(), told.findings())
                .unwatched(told.config().caches().get(0), Set.of(TableId.parse("public.orders"), CUSTOMERS));
    }

    @Test
    void theMendOfAnUnwatchedTableIsACacheThatTheFileTakes() {
        Told told = Told.caches(ORDER);
        TableFacts.Leaf keyless =
                new TableFacts.Leaf(CUSTOMERS, false, false, Set.of(), 1, 1, 0, Set.of(), TableFacts.Writes.NONE);

        new WatchJudge(told.config(), told.findings())
                .judge(
                        told.config().caches().get(0),
                        CUSTOMERS,
                        Optional.of(new TableFacts(CUSTOMERS, true, List.of(keyless), List.of(), Set.of())),
                        Optional.of(false));

        assertThat(told.mends())
                .containsExactly(
                        "ALTER TABLE \"public\".\"customers\" SET LOGGED;",
                        "ALTER TABLE \"public\".\"customers\" REPLICA IDENTITY FULL;",
                        "ALTER PUBLICATION \"shop\" ADD TABLE \"public\".\"customers\";",
                        "caches.order-by-customers: { table: \"public.customers\", match: \"order:*:all\" }");
        assertThat(unwatched(Told.caches(ORDER + told.mends().get(3).substring("caches.".length()))))
                .isEmpty();
    }

    @Test
    void aTableThatCannotBeCapturedBoundsTheAgeInstead() {
        Told told = Told.caches(ORDER);

        new WatchJudge(told.config(), told.findings())
                .judge(told.config().caches().get(0), CUSTOMERS, Optional.empty(), Optional.empty());

        assertThat(told.mends()).containsExactly("caches.order.ttl: 1m");
    }

    @Test
    void aKeyAsAWholeAndByFieldsIsAnErrorWhereOneStores() {
        Told told = Told.caches("""
                whole: { table: public.a, key: "k:{id}", on-change: refresh, value: { columns: [id] } }
                part: { table: public.b, key: "k:{a_id}", field: "{id}" }
                """);

        overlap(told);

        assertThat(told.only()).isEqualTo(Severity.WRONG);
        assertThat(told.mends()).containsExactly("caches.part.key: \"part:k:{a_id}\"");
    }

    @Test
    void twoThatStoreDifferentlyAtOneKeyAreToldAndTwoThatDeleteAreNot() {
        Told storing = Told.caches("""
                one: { table: public.a, key: "k:{id}", on-change: refresh, value: { columns: [id] } }
                two: { table: public.b, key: "k:{a_id}", on-change: refresh, value: { columns: [name] } }
                """);
        Told deleting = Told.caches("""
                one: { table: public.a, key: "k:{id}" }
                two: { table: public.b, key: "k:{a_id}", on-change: refresh, value: { columns: [name] } }
                three: { table: public.b, match: "k:*" }
                """);

        overlap(storing);
        overlap(deleting);

        assertThat(storing.only()).isEqualTo(Severity.WARNING);
        assertThat(deleting.all()).isEmpty();
    }

    private static void overlap(Told told) {
        new KeyOverlap(told.findings()).judge(told.config().caches());
    }

    private static Keys key(String template) {
        return Keys.of(KeyTemplate.parse(template));
    }

    private static Keys glob(String glob) {
        return Keys.of(new Target.Match(glob));
    }
}
