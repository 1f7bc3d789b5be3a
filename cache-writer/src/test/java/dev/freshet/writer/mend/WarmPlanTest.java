package dev.freshet.writer.mend;

import static dev.freshet.writer.Tables.BOOKS;
import static dev.freshet.writer.Tables.column;
import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.model.CacheMapping;
import dev.freshet.model.CacheMapping.ValueFormat;
import dev.freshet.model.Cell;
import dev.freshet.model.Row;
import dev.freshet.model.TableShape;
import dev.freshet.redis.KeyCommand.Value;
import dev.freshet.writer.Mappings;
import dev.freshet.writer.Tables;
import dev.freshet.writer.plan.CacheAction;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class WarmPlanTest {

    private static final TableShape SHAPE = Tables.keyed(
            BOOKS, column("id", "int4"), column("title", "text"), column("author", "int4"), column("slug", "text"));
    private static final List<Set<String>> UNIQUE = List.of(Set.of("id"), Set.of("author", "slug"));

    private static CacheMapping card(String template) {
        return Mappings.refreshed(Mappings.key("card", template), ValueFormat.JSON, "id", "title");
    }

    private static Optional<String> obstacle(CacheMapping mapping) {
        return WarmPlan.obstacle(mapping, SHAPE, UNIQUE);
    }

    private static Row row(String title) {
        return Row.of(Map.of(
                "id", Cell.known("7", Cell.Kind.INTEGER),
                "title", Cell.text(title),
                "author", Cell.known("3", Cell.Kind.INTEGER),
                "slug", Cell.NULL));
    }

    @Test
    void aKeyThatOneRowMakesCanBeFilled() {
        assertThat(obstacle(card("card:{id}"))).isEmpty();
        assertThat(obstacle(card("card:{author}:{id}"))).isEmpty();
        assertThat(obstacle(card("card:{slug}:{author}")))
                .describedAs("by another unique index")
                .isEmpty();
    }

    @Test
    void aKeyThatSeveralRowsMayShareIsLeftOut() {
        assertThat(obstacle(card("newest:{author}")).orElseThrow())
                .contains("several rows of 'public.books' may share a key 'newest:{author}'");
        assertThat(obstacle(card("card:{slug}")))
                .describedAs("half a unique index")
                .isPresent();
        assertThat(obstacle(card("newest"))).isPresent();
    }

    @Test
    void aQueryThatTheKeyAloneDecidesCanBeFilled() {
        CacheMapping count = Mappings.rebuilt(
                Mappings.key("count", "author:{author}"), "select count(*) from books where author = :author");
        CacheMapping mixed =
                Mappings.rebuilt(Mappings.key("count", "author:{author}"), "select title from books where id = :id");

        assertThat(obstacle(count)).isEmpty();
        assertThat(obstacle(mixed)).isPresent();
    }

    @Test
    void whatNobodyCanLeaseIsLeftOut() {
        CacheMapping field = Mappings.refreshed(Mappings.field("prices", "prices", "{id}"), ValueFormat.JSON, "id");

        assertThat(obstacle(field).orElseThrow()).contains("fields of a hash");
        assertThat(obstacle(Mappings.key("book", "book:{id}")).orElseThrow()).contains("not refreshed");
    }

    @Test
    void aTableWithoutAPrimaryKeyIsLeftOut() {
        TableShape bare = new TableShape(BOOKS, SHAPE.columns(), List.of(), Set.of());

        assertThat(WarmPlan.obstacle(card("card:{id}"), bare, List.of(Set.of("id")))
                        .orElseThrow())
                .contains("no primary key");
    }

    @Test
    void aRowsEntryIsWhatTheWriterWouldStore() {
        WarmPlan plan = WarmPlan.of(card("card:{id}"), SHAPE);

        CacheAction.Put put = (CacheAction.Put) plan.action(row("a \"b\"")).orElseThrow();

        assertThat(put.key()).isEqualTo("card:7");
        assertThat(put.value()).isEqualTo(new Value.Text("{\"id\":7,\"title\":\"a \\\"b\\\"\"}"));
    }

    @Test
    void rowsThatTheWriterWouldNotStoreAreNot() {
        CacheMapping some = Mappings.when(card("card:{id}"), "row.title == 'a'");
        WarmPlan plan = WarmPlan.of(some, SHAPE);

        assertThat(plan.action(row("a"))).isPresent();
        assertThat(plan.action(row("b"))).isEmpty();
        assertThat(WarmPlan.of(card("card:{slug}:{id}"), SHAPE).action(row("a")))
                .describedAs("a null column makes no key")
                .isEmpty();
        assertThat(WarmPlan.of(card("card:{id}"), SHAPE)
                        .action(Row.of(Map.of("id", Cell.known("7", Cell.Kind.INTEGER)))))
                .describedAs("an unknown column makes no value")
                .isEmpty();
    }

    @Test
    void nothingButWhatAnEntryIsMadeOfIsRead() {
        CacheMapping some = Mappings.when(card("card:{id}"), "row.author == 3");

        assertThat(WarmPlan.of(some, SHAPE).keyColumns()).containsExactly("id");
        assertThat(WarmPlan.of(some, SHAPE).columns()).containsExactlyInAnyOrder("id", "title", "author");
    }

    @Test
    void aChangedMappingIsAnotherDefinition() {
        String one = WarmPlan.of(card("card:{id}"), SHAPE).definition();

        assertThat(WarmPlan.of(card("card:{id}"), SHAPE).definition()).isEqualTo(one);
        assertThat(WarmPlan.of(card("cards:{id}"), SHAPE).definition()).isNotEqualTo(one);
        assertThat(WarmPlan.of(Mappings.refreshed(Mappings.key("card", "card:{id}"), ValueFormat.JSON, "id"), SHAPE)
                        .definition())
                .isNotEqualTo(one);
        assertThat(WarmPlan.of(Mappings.when(card("card:{id}"), "row.id > 1"), SHAPE)
                        .definition())
                .isNotEqualTo(one);
    }
}
