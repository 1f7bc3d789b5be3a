package dev.freshet.cli.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.cli.check.Finding.Severity;
import dev.freshet.cli.doctor.TableFacts.Leaf;
import dev.freshet.cli.doctor.TableFacts.Writes;
import dev.freshet.model.TableId;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TableJudgeTest {

    private static final TableId BOOKS = TableId.parse("public.books");
    private static final String REFRESHED =
            "b: { table: public.books, key: \"b:{id}\", on-change: refresh, value: { columns: [id, body] } }";
    private static final String FULL = "ALTER TABLE \"public\".\"books\" REPLICA IDENTITY FULL;";

    @Test
    void aTableThatMayNotBeReadIsToldWithItsGrants() {
        Told told = Told.caches("b: { table: public.books, key: \"b:{id}\" }");

        judge(told, new TableFacts(BOOKS, false, List.of(leaf(false, 0)), List.of(Set.of("id")), Set.of()));

        assertThat(told.only()).isEqualTo(Severity.WARNING);
        assertThat(told.mends())
                .containsExactly(
                        "GRANT USAGE ON SCHEMA \"public\" TO \"freshet\";",
                        "GRANT SELECT ON \"public\".\"books\" TO \"freshet\";");
    }

    @Test
    void toastedValuesThatARefreshStoresNeedTheWholeOldRow() {
        Told told = Told.caches(REFRESHED);

        judge(told, table(leaf(false, 8192)));

        assertThat(told.only()).isEqualTo(Severity.WARNING);
        assertThat(told.all().get(0).place().path()).isEqualTo("caches.b.value.columns");
        assertThat(told.mends()).containsExactly(FULL);
    }

    @Test
    void whereNothingWasEverToastedOrTheOldRowIsLoggedWholeNothingIsTold() {
        Told none = Told.caches(REFRESHED);
        Told full = Told.caches(REFRESHED);
        Told deleted = Told.caches("b: { table: public.books, key: \"b:{id}\" }");

        judge(none, table(leaf(false, 0)));
        judge(full, table(leaf(true, 8192)));
        judge(deleted, table(leaf(false, 8192)));

        assertThat(none.all()).isEmpty();
        assertThat(full.all()).isEmpty();
        assertThat(deleted.all()).isEmpty();
    }

    @Test
    void onlyThePartitionsThatHoldToastedValuesNeedIt() {
        Told told = Told.caches(REFRESHED);
        Leaf second = new Leaf(
                TableId.parse("public.books_2"), true, false, Set.of("id"), 1, 1, 8192, Set.of("body"), Writes.NONE);

        judge(told, table(leaf(false, 8192), second, leaf(false, 0)));

        assertThat(told.mends()).containsExactly(FULL, "ALTER TABLE \"public\".\"books_2\" REPLICA IDENTITY FULL;");
    }

    @Test
    void rowsThatMayShareARefreshedKeyAreTold() {
        Told told = Told.caches(
                "b: { table: public.books, key: \"b:{shelf}\", on-change: refresh, value: { columns: [id] } }");
        Told unique = Told.caches(
                "b: { table: public.books, key: \"b:{id}:{shelf}\", on-change: refresh, value: { columns: [id] } }");

        judge(told, table(leaf(false, 0)));
        judge(unique, table(leaf(false, 0)));

        assertThat(told.only()).isEqualTo(Severity.NOTE);
        assertThat(told.messages().get(0)).contains("several rows of 'public.books' may share a key");
        assertThat(unique.all()).isEmpty();
    }

    @Test
    void anIdentityThatNothingNeedsIsAdvice() {
        Told told = Told.caches("b: { table: public.books, key: \"b:{id}\" }");
        Told needed = Told.caches("b: { table: public.books, key: \"b:{id}\", when: \"row.body == 'x'\" }");

        judge(told, table(leaf(true, 0)));
        judge(needed, table(leaf(true, 0)));

        assertThat(told.only()).isEqualTo(Severity.NOTE);
        assertThat(told.mends()).containsExactly("ALTER TABLE \"public\".\"books\" REPLICA IDENTITY DEFAULT;");
        assertThat(needed.all()).isEmpty();
    }

    private static void judge(Told told, TableFacts facts) {
        new TableJudge(told.config(), told.findings()).judge(facts);
    }

    private static TableFacts table(Leaf... leaves) {
        return new TableFacts(BOOKS, true, List.of(leaves), List.of(Set.of("id")), Set.of("id", "body", "shelf"));
    }

    private static Leaf leaf(boolean full, long toast) {
        return new Leaf(BOOKS, true, full, Set.of("id"), 1, 1, toast, Set.of("body"), Writes.NONE);
    }
}
