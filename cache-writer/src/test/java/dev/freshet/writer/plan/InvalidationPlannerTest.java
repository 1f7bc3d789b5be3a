package dev.freshet.writer.plan;

import static dev.freshet.writer.Mappings.field;
import static dev.freshet.writer.Mappings.key;
import static dev.freshet.writer.Mappings.match;
import static dev.freshet.writer.Mappings.on;
import static dev.freshet.writer.Mappings.onlyFor;
import static dev.freshet.writer.Mappings.rebuilt;
import static dev.freshet.writer.Mappings.refreshed;
import static dev.freshet.writer.Mappings.tag;
import static dev.freshet.writer.Mappings.when;
import static dev.freshet.writer.Tables.BOOKS;
import static dev.freshet.writer.Tables.column;
import static dev.freshet.writer.Tables.keyed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.model.CacheMapping;
import dev.freshet.model.CacheMapping.ValueFormat;
import dev.freshet.model.Cell;
import dev.freshet.model.KeyScan;
import dev.freshet.model.Origin;
import dev.freshet.model.Row;
import dev.freshet.model.RowChange;
import dev.freshet.model.TableId;
import dev.freshet.model.TableShape;
import dev.freshet.redis.KeyCommand.Value;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

final class InvalidationPlannerTest {

    private static final TableShape SHAPE = keyed(
            BOOKS,
            column("id", "int8"),
            column("author", "int8"),
            column("title", "text"),
            column("price", "numeric"),
            column("data", "jsonb"),
            column("ok", "bool"));
    private static final Origin ORIGIN = new Origin(OptionalLong.of(1), Optional.empty(), Instant.EPOCH);

    private static Row row(long id, long author, String title) {
        return Row.of(Map.of(
                "id", number(id),
                "author", number(author),
                "title", Cell.text(title),
                "price", Cell.known("12.50", Cell.Kind.DECIMAL),
                "data", Cell.known("{\"a\": 1}", Cell.Kind.JSON),
                "ok", Cell.known("true", Cell.Kind.BOOLEAN)));
    }

    private static Cell number(long value) {
        return Cell.known(Long.toString(value), Cell.Kind.INTEGER);
    }

    private static Row with(Row row, String column, Cell cell) {
        return Row.of(Map.of(column, cell, "rest", Cell.UNKNOWN)).orElse(row);
    }

    /** The row with one column that the image does not tell. */
    private static Row without(Row row, String column) {
        Map<String, Cell> cells = new java.util.HashMap<>();
        row.columns().stream().filter(name -> !name.equals(column)).forEach(name -> cells.put(name, row.cell(name)));
        return Row.of(cells);
    }

    private static RowChange inserted(Row row) {
        return new RowChange.Inserted(BOOKS, ORIGIN, row);
    }

    private static RowChange updated(Row before, Row after) {
        return new RowChange.Updated(BOOKS, ORIGIN, before, after);
    }

    private static RowChange deleted(Row row) {
        return new RowChange.Deleted(BOOKS, ORIGIN, row);
    }

    private static RowChange truncated() {
        return new RowChange.Truncated(BOOKS, ORIGIN);
    }

    private static List<CacheAction> plan(CacheMapping mapping, RowChange change) {
        return InvalidationPlanner.of(List.of(mapping)).plan(change, SHAPE);
    }

    private static CacheAction remove(CacheMapping mapping, String key) {
        return new CacheAction.Remove(mapping, key, Optional.empty());
    }

    private static CacheAction sweep(CacheMapping mapping, String glob, String regex) {
        return new CacheAction.Sweep(mapping, new KeyScan(glob, Pattern.compile(regex)), Optional.empty());
    }

    private static final CacheMapping BOOK = key("book", "book:{id}");
    private static final CacheMapping LIST = key("list", "author:{author}:books");

    @Test
    void insertAndDeleteTouchTheirRowsKey() {
        assertThat(plan(BOOK, inserted(row(7, 1, "a")))).containsExactly(remove(BOOK, "book:7"));
        assertThat(plan(BOOK, deleted(row(7, 1, "a")))).containsExactly(remove(BOOK, "book:7"));
    }

    @Test
    void anUpdateTouchesTheKeysOfBothImages() {
        assertThat(plan(LIST, updated(row(7, 1, "a"), row(7, 2, "a"))))
                .containsExactlyInAnyOrder(remove(LIST, "author:1:books"), remove(LIST, "author:2:books"));
        assertThat(plan(LIST, updated(row(7, 1, "a"), row(7, 1, "b")))).containsExactly(remove(LIST, "author:1:books"));
    }

    @Test
    void aPrimaryKeyThatChangesTouchesTheOldKeyToo() {
        assertThat(plan(BOOK, updated(row(7, 1, "a"), row(8, 1, "a"))))
                .containsExactlyInAnyOrder(remove(BOOK, "book:7"), remove(BOOK, "book:8"));
    }

    @Test
    void aNullColumnMakesNoKey() {
        Row orphan = with(row(7, 1, "a"), "author", Cell.NULL);
        assertThat(plan(LIST, inserted(orphan))).isEmpty();
        assertThat(plan(LIST, updated(orphan, row(7, 2, "a")))).containsExactly(remove(LIST, "author:2:books"));
        assertThat(plan(LIST, updated(row(7, 1, "a"), orphan))).containsExactly(remove(LIST, "author:1:books"));
    }

    @Test
    void anUnknownColumnSweepsWhatItMayBeAndTheKnownKeyGoesAtOnce() {
        Row told = without(row(7, 1, "a"), "author");
        CacheAction all = sweep(LIST, "author:*:books", "\\Qauthor:\\E(?:-?\\d+)\\Q:books\\E");
        assertThat(plan(LIST, updated(told, row(7, 2, "a"))))
                .containsExactlyInAnyOrder(all, remove(LIST, "author:2:books"));
        assertThat(plan(LIST, deleted(told))).containsExactly(all);
        assertThat(plan(LIST, updated(told, told))).describedAs("once").containsExactly(all);
    }

    @Test
    void theKnownColumnsOfAnUnknownKeyNarrowTheSweep() {
        CacheMapping both = key("both", "b:{id}:{author}:x");
        assertThat(plan(both, deleted(without(row(7, 1, "a"), "author"))))
                .containsExactly(sweep(both, "b:7:*:x", "\\Qb:\\E\\Q7\\E\\Q:\\E(?:-?\\d+)\\Q:x\\E"));
    }

    @Test
    void aTruncateSweepsEveryKeyThatTheTemplateCouldHaveMade() {
        CacheMapping starred = key("starred", "a*[b]:{id}");
        assertThat(plan(starred, truncated()))
                .containsExactly(sweep(starred, "a\\*\\[b\\]:*", "\\Qa*[b]:\\E(?:-?\\d+)"));
    }

    @Test
    void anyChangeOfAMatchedTableSweepsTheGlobAsItIs() {
        CacheMapping lists = match("lists", "books:list:[a-z]*");
        CacheAction all = new CacheAction.Sweep(lists, KeyScan.ofGlob("books:list:[a-z]*"), Optional.empty());
        for (RowChange change : List.of(
                inserted(row(7, 1, "a")),
                updated(row(7, 1, "a"), row(7, 2, "a")),
                deleted(row(7, 1, "a")),
                truncated())) {
            assertThat(plan(lists, change)).containsExactly(all);
        }
    }

    @Test
    void oneFieldOfAHashGoes() {
        CacheMapping prices = field("prices", "prices:{author}", "{id}");
        assertThat(plan(prices, updated(row(7, 1, "a"), row(7, 2, "a"))))
                .containsExactlyInAnyOrder(
                        new CacheAction.Remove(prices, "prices:1", Optional.of("7")),
                        new CacheAction.Remove(prices, "prices:2", Optional.of("7")));
        assertThat(plan(prices, inserted(with(row(7, 1, "a"), "id", Cell.NULL))))
                .isEmpty();
        assertThat(plan(prices, truncated()))
                .containsExactly(new CacheAction.Sweep(
                        prices,
                        new KeyScan("prices:*", Pattern.compile("\\Qprices:\\E(?:-?\\d+)")),
                        Optional.of(new KeyScan("*", Pattern.compile("(?:-?\\d+)")))));
        assertThat(plan(prices, deleted(without(row(7, 1, "a"), "id"))))
                .containsExactly(new CacheAction.Sweep(
                        prices,
                        new KeyScan("prices:1", Pattern.compile("\\Qprices:\\E\\Q1\\E")),
                        Optional.of(new KeyScan("*", Pattern.compile("(?:-?\\d+)")))));
    }

    @Test
    void whereColumnsAreNamedOnlyTheirChangeCounts() {
        CacheMapping priced = onlyFor(BOOK, "price");
        Row old = row(7, 1, "a");
        assertThat(plan(priced, updated(old, row(7, 2, "b")))).isEmpty();
        assertThat(plan(priced, updated(with(old, "price", Cell.NULL), old))).hasSize(1);
        assertThat(plan(priced, updated(old, with(old, "price", Cell.known("12.5", Cell.Kind.DECIMAL)))))
                .hasSize(1);
        assertThat(plan(priced, updated(without(old, "price"), old)))
                .describedAs("an unknown old value counts as changed")
                .hasSize(1);
        assertThat(plan(priced, updated(old, without(old, "price")))).hasSize(1);
        assertThat(plan(priced, inserted(old))).hasSize(1);
        assertThat(plan(priced, deleted(old))).hasSize(1);
        assertThat(plan(priced, truncated())).hasSize(1);
    }

    @Test
    void aWhenThatIsFalseOnEveryImageLeavesTheChangeOut() {
        CacheMapping mapping = when(BOOK, "row.title == 'shown'");
        Row shown = row(7, 1, "shown");
        Row hidden = row(7, 1, "hidden");
        assertThat(plan(mapping, inserted(hidden))).isEmpty();
        assertThat(plan(mapping, updated(hidden, hidden))).isEmpty();
        assertThat(plan(mapping, updated(shown, hidden))).hasSize(1);
        assertThat(plan(mapping, updated(hidden, shown))).hasSize(1);
        assertThat(plan(mapping, deleted(shown))).hasSize(1);
        assertThat(plan(mapping, truncated())).hasSize(1);
    }

    @Test
    void aWhenThatIsUndecidedOnAnImageSelectsTheChange() {
        CacheMapping mapping = when(BOOK, "row.title == 'shown'");
        Row hidden = row(7, 1, "hidden");
        assertThat(plan(mapping, updated(without(hidden, "title"), hidden))).hasSize(1);
        assertThat(plan(mapping, deleted(without(hidden, "title")))).hasSize(1);
        assertThat(plan(when(BOOK, "row.title > 5"), inserted(hidden))).hasSize(1);
        assertThat(plan(mapping, inserted(with(hidden, "title", Cell.NULL))))
                .describedAs("null is not 'shown'")
                .isEmpty();
    }

    @Test
    void aRefreshStoresTheRowAsJson() {
        CacheMapping card = refreshed(BOOK, ValueFormat.JSON, "id", "title", "price", "data", "ok", "author");
        Row row = with(row(7, 1, "a \"b\" \u20ac"), "author", Cell.NULL);
        assertThat(plan(card, inserted(row)))
                .containsExactly(new CacheAction.Put(
                        card,
                        "book:7",
                        Optional.empty(),
                        new Value.Text("{\"id\":7,\"title\":\"a \\\"b\\\" \u20ac\",\"price\":12.50,"
                                + "\"data\":{\"a\": 1},\"ok\":true,\"author\":null}")));
    }

    @Test
    void aNumberThatJsonCannotSpellIsText() {
        CacheMapping card = refreshed(BOOK, ValueFormat.JSON, "price");
        Row nan = with(row(7, 1, "a"), "price", Cell.known("NaN", Cell.Kind.DECIMAL));
        Row large = with(row(7, 1, "a"), "price", Cell.known("1e+15", Cell.Kind.DECIMAL));
        assertThat(plan(card, inserted(nan)))
                .extracting(action -> ((CacheAction.Put) action).value())
                .containsExactly(new Value.Text("{\"price\":\"NaN\"}"));
        assertThat(plan(card, inserted(large)))
                .extracting(action -> ((CacheAction.Put) action).value())
                .containsExactly(new Value.Text("{\"price\":1e+15}"));
    }

    @Test
    void aRefreshStoresTheRowAsHashWithoutItsNulls() {
        CacheMapping card = refreshed(BOOK, ValueFormat.HASH, "id", "title", "author");
        Row row = with(row(7, 1, "a"), "author", Cell.NULL);
        assertThat(plan(card, inserted(row)))
                .containsExactly(new CacheAction.Put(
                        card, "book:7", Optional.empty(), new Value.Hash(Map.of("id", "7", "title", "a"))));
        assertThat(plan(refreshed(BOOK, ValueFormat.HASH, "author"), inserted(row)))
                .describedAs("a hash without a field is no key")
                .hasOnlyElementsOfType(CacheAction.Remove.class)
                .hasSize(1);
    }

    @Test
    void aValueThatIsNotWhollyToldIsNeverStored() {
        for (ValueFormat format : ValueFormat.values()) {
            CacheMapping card = refreshed(BOOK, format, "id", "title");
            assertThat(plan(card, updated(row(7, 1, "a"), without(row(7, 1, "b"), "title"))))
                    .containsExactly(remove(card, "book:7"));
        }
    }

    @Test
    void aRefreshRemovesTheOldKeyAndStoresTheNew() {
        CacheMapping card = refreshed(BOOK, ValueFormat.JSON, "id");
        assertThat(plan(card, updated(row(7, 1, "a"), row(8, 1, "a"))))
                .containsExactlyInAnyOrder(
                        remove(card, "book:7"),
                        new CacheAction.Put(card, "book:8", Optional.empty(), new Value.Text("{\"id\":8}")));
        assertThat(plan(card, deleted(row(7, 1, "a")))).containsExactly(remove(card, "book:7"));
    }

    @Test
    void aRowThatFallsOutOfAWhenIsRemovedNotStored() {
        CacheMapping card = when(refreshed(BOOK, ValueFormat.JSON, "id"), "row.title == 'shown'");
        assertThat(plan(card, updated(row(7, 1, "shown"), row(7, 1, "hidden"))))
                .containsExactly(remove(card, "book:7"));
        assertThat(plan(card, updated(row(7, 1, "shown"), without(row(7, 1, "x"), "title"))))
                .describedAs("in doubt")
                .containsExactly(remove(card, "book:7"));
    }

    @Test
    void aFieldOfAHashIsRefreshedAlone() {
        CacheMapping prices = refreshed(field("prices", "prices", "{id}"), ValueFormat.JSON, "price");
        assertThat(plan(prices, inserted(row(7, 1, "a"))))
                .containsExactly(
                        new CacheAction.Put(prices, "prices", Optional.of("7"), new Value.Text("{\"price\":12.50}")));
    }

    @Test
    void aRefreshByQueryCarriesTheColumnsThatItsQueryNames() {
        CacheMapping summary = rebuilt(LIST, "select 1 where a = :author and t = :title and a <> :author");
        Row untitled = with(row(7, 1, "a"), "title", Cell.NULL);
        assertThat(plan(summary, inserted(untitled)))
                .containsExactly(new CacheAction.Rebuild(
                        summary,
                        "author:1:books",
                        Optional.empty(),
                        Map.of(
                                "author",
                                new CacheAction.Parameter(Optional.of("1"), "int8"),
                                "title",
                                new CacheAction.Parameter(Optional.empty(), "text"))));
    }

    @Test
    void aRefreshByQueryRebuildsTheKeyThatTheRowLeftToo() {
        CacheMapping summary = rebuilt(LIST, "select 1 where a = :author");
        assertThat(plan(summary, updated(row(7, 1, "a"), row(7, 2, "a"))))
                .hasOnlyElementsOfType(CacheAction.Rebuild.class)
                .hasSize(2);
        assertThat(plan(summary, deleted(row(7, 1, "a"))))
                .hasOnlyElementsOfType(CacheAction.Rebuild.class)
                .hasSize(1);
        assertThat(plan(rebuilt(LIST, "select :title"), deleted(without(row(7, 1, "a"), "title"))))
                .describedAs("a parameter that the image does not tell")
                .hasOnlyElementsOfType(CacheAction.Remove.class)
                .hasSize(1);
    }

    @Test
    void severalMappingsOfOneTableEachSpeak() {
        TableId pens = new TableId("public", "pens");
        InvalidationPlanner planner = InvalidationPlanner.of(List.of(BOOK, LIST, on(key("pen", "pen:{id}"), pens)));
        assertThat(planner.tables()).containsExactlyInAnyOrder(BOOKS, pens);
        assertThat(planner.plan(inserted(row(7, 1, "a")), SHAPE))
                .containsExactly(remove(BOOK, "book:7"), remove(LIST, "author:1:books"));
        assertThat(planner.plan(new RowChange.Truncated(new TableId("public", "ink"), ORIGIN), SHAPE))
                .isEmpty();
    }

    private static final CacheMapping SHELF = tag("shelf", "author:{author}:{title}", "shelf:*");

    private static CacheAction tagged(String tag) {
        return new CacheAction.RemoveTagged(SHELF, tag);
    }

    @Test
    void theTagsOfBothImagesGoEachOnce() {
        assertThat(plan(SHELF, inserted(row(7, 1, "a")))).containsExactly(tagged("author:1:a"));
        assertThat(plan(SHELF, deleted(row(7, 1, "a")))).containsExactly(tagged("author:1:a"));
        assertThat(plan(SHELF, updated(row(7, 1, "a"), row(8, 1, "a")))).containsExactly(tagged("author:1:a"));
        assertThat(plan(SHELF, updated(row(7, 1, "a"), row(7, 2, "a"))))
                .containsExactlyInAnyOrder(tagged("author:1:a"), tagged("author:2:a"));
    }

    @Test
    void aNullColumnMakesNoTag() {
        Row orphan = with(row(7, 1, "a"), "author", Cell.NULL);
        assertThat(plan(SHELF, updated(orphan, row(7, 2, "a")))).containsExactly(tagged("author:2:a"));
        assertThat(plan(SHELF, updated(row(7, 1, "a"), orphan))).containsExactly(tagged("author:1:a"));
        assertThat(plan(SHELF, deleted(without(orphan, "title"))))
                .describedAs("an unknown column beside it")
                .isEmpty();
        assertThat(InvalidationPlanner.of(List.of(SHELF))
                        .explain(inserted(orphan), SHAPE)
                        .get(0)
                        .notes())
                .containsExactly("column author is null in an image: no tag there");
    }

    @Test
    void whereTheTagIsNotToldEveryMemberGoes() {
        CacheAction members = new CacheAction.Sweep(SHELF, KeyScan.ofGlob("shelf:*"), Optional.empty());
        assertThat(plan(SHELF, truncated())).containsExactly(members);
        assertThat(plan(SHELF, deleted(without(row(7, 1, "a"), "author")))).containsExactly(members);
        assertThat(plan(SHELF, updated(without(row(7, 1, "a"), "author"), row(7, 2, "a"))))
                .containsExactlyInAnyOrder(members, tagged("author:2:a"));
        assertThat(plan(SHELF, updated(row(7, 1, "a"), without(row(7, 1, "a"), "title"))))
                .describedAs("an unchanged value that the log left out")
                .containsExactlyInAnyOrder(members, tagged("author:1:a"));
    }

    @Test
    void aTagsChangesAreSelectedAsAKeysAre() {
        CacheMapping selected = when(onlyFor(SHELF, "author"), "row.ok");
        assertThat(plan(selected, updated(row(7, 1, "a"), row(7, 1, "b")))).isEmpty();
        assertThat(plan(selected, updated(row(7, 1, "a"), row(7, 2, "a")))).hasSize(2);
        assertThat(plan(selected, inserted(with(row(7, 1, "a"), "ok", Cell.known("false", Cell.Kind.BOOLEAN)))))
                .isEmpty();
    }

    @Test
    void explanationsSayWhy() {
        CacheMapping mapping = when(onlyFor(LIST, "author"), "row.ok");
        InvalidationPlanner planner = InvalidationPlanner.of(List.of(BOOK, mapping));
        var same = planner.explain(updated(row(7, 1, "a"), row(7, 1, "b")), SHAPE);
        assertThat(same)
                .extracting(InvalidationPlanner.Explanation::selection)
                .containsExactly(Selection.SELECTED, Selection.NO_COLUMN_CHANGED);
        assertThat(same.get(1).actions()).isEmpty();
        var hidden = with(row(7, 1, "a"), "ok", Cell.known("false", Cell.Kind.BOOLEAN));
        assertThat(planner.explain(inserted(hidden), SHAPE).get(1).selection()).isEqualTo(Selection.WHEN_FALSE);
        var orphan = planner.explain(inserted(with(row(7, 1, "a"), "author", Cell.NULL)), SHAPE)
                .get(1);
        assertThat(orphan.actions()).isEmpty();
        assertThat(orphan.notes()).containsExactly("column author is null in an image: no key there");
        var untold = planner.explain(deleted(without(row(7, 1, "a"), "author")), SHAPE)
                .get(1);
        assertThat(untold.notes())
                .containsExactly("an image does not tell every column of author:{author}:books: all that match go");
        assertThat(untold.selection().reason()).isEqualTo("the change counts");
        assertThat(InvalidationPlanner.of(List.of(match("all", "*")))
                        .explain(truncated(), SHAPE)
                        .get(0)
                        .notes())
                .isEmpty();
    }

    @Test
    void mappingsThatCannotBeServedAreRefusedAtOnce() {
        assertThatThrownBy(() -> InvalidationPlanner.of(List.of(refreshed(SHELF, ValueFormat.JSON, "title"))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("shelf");
        assertThatThrownBy(() -> InvalidationPlanner.of(List.of(when(BOOK, "row.a ="))))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> InvalidationPlanner.of(List.of(rebuilt(BOOK, "select 'a"))))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void noActionPrintsAValue() {
        CacheMapping card = refreshed(BOOK, ValueFormat.JSON, "title");
        CacheMapping query = rebuilt(BOOK, "select :title");
        assertThat(plan(card, inserted(row(7, 1, "s3cret"))).toString()).doesNotContain("s3cret");
        assertThat(plan(query, inserted(row(7, 1, "s3cret"))).toString()).doesNotContain("s3cret");
    }

    @Test
    void aColumnThatTheTableHasNoMoreIsNamedWithItsCache() {
        TableShape renamed = keyed(BOOKS, column("id", "int8"), column("writer", "int8"), column("name", "text"));
        Row now = Row.of(Map.of("id", number(7), "writer", number(1), "name", Cell.text("a")));
        for (CacheMapping mapping : List.of(
                LIST,
                field("l", "all", "{author}"),
                tag("l", "by:{author}", "shelf:*"),
                refreshed(BOOK, ValueFormat.JSON, "id", "author"))) {
            assertThatThrownBy(() -> InvalidationPlanner.of(List.of(mapping)).plan(updated(now, now), renamed))
                    .isInstanceOf(UnplannableException.class)
                    .hasMessageStartingWith("cache " + mapping.name() + " names the column author, which public.books");
        }
        assertThat(InvalidationPlanner.of(List.of(BOOK)).plan(updated(now, now), renamed))
                .describedAs("a cache that does not need it")
                .containsExactly(remove(BOOK, "book:7"));
        assertThat(InvalidationPlanner.of(List.of(LIST)).plan(truncated(), renamed))
                .describedAs("a truncate needs no column")
                .hasSize(1);
    }

    @Test
    void aChangeFromBeforeAColumnWentIsPlanned() {
        TableShape dropped = keyed(BOOKS, column("id", "int8"));
        Row before = with(row(7, 1, "a"), "author", Cell.UNKNOWN);
        assertThat(InvalidationPlanner.of(List.of(LIST)).plan(deleted(before), dropped))
                .hasSize(1);
        TableShape gone = new TableShape(BOOKS, Map.of(), List.of(), Set.of());
        assertThat(InvalidationPlanner.of(List.of(LIST)).plan(deleted(without(before, "author")), gone))
                .hasSize(1);
    }
}
