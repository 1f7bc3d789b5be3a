package dev.freshet.writer.apply;

import static dev.freshet.writer.Mappings.key;
import static dev.freshet.writer.Mappings.refreshed;
import static dev.freshet.writer.Mappings.withoutSafeFills;
import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.model.CacheMapping;
import dev.freshet.model.CacheMapping.ValueFormat;
import dev.freshet.model.Lsn;
import dev.freshet.model.Origin;
import dev.freshet.model.Position;
import dev.freshet.redis.Fence;
import dev.freshet.redis.KeyCommand;
import dev.freshet.redis.KeyCommand.Invalidate;
import dev.freshet.redis.KeyCommand.Store;
import dev.freshet.redis.KeyCommand.Value;
import dev.freshet.writer.plan.CacheAction;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class KeyBatchTest {

    private static final Instant NOW = Instant.parse("2024-01-02T03:04:05Z");
    private static final CacheMapping CARD = refreshed(key("card", "card:{id}"), ValueFormat.JSON, "id");
    private static final CacheMapping BOOK = key("book", "book:{id}");
    private static final Optional<String> WHOLE = Optional.empty();

    private final KeyBatch batch = new KeyBatch(new CacheRules(List.of(CARD, BOOK)), Duration.ofSeconds(30));

    private static Position at(long place) {
        return new Position(1, new Lsn(place), new Lsn(place));
    }

    private static Origin origin(long place) {
        return new Origin(OptionalLong.of(place), Optional.of(at(place)), NOW);
    }

    private static Origin unordered() {
        return new Origin(OptionalLong.empty(), Optional.empty(), NOW);
    }

    private static Origin aged(long place, Duration age) {
        return new Origin(OptionalLong.of(place), Optional.of(at(place)), NOW.minus(age));
    }

    private void put(String value, Origin origin) {
        batch.put(
                new CacheAction.Put(CARD, "card:7", WHOLE, new Value.Text(value)),
                origin,
                Fence.of(origin.transaction().orElse(0)));
    }

    private void remove(Origin origin) {
        batch.remove(
                CARD, "card:7", WHOLE, origin, Fence.of(origin.transaction().orElse(0)));
    }

    private KeyCommand only() {
        List<KeyCommand> commands = batch.commands(NOW);
        assertThat(commands).hasSize(1);
        return commands.get(0);
    }

    private static KeyCommand removed(Fence fence, Optional<Position> position) {
        return new Invalidate("card:7", WHOLE, fence, position, true);
    }

    private static Fence fence(Long... transactions) {
        return new Fence(Set.of(transactions), false);
    }

    @Test
    void theNewestByPositionDecidesAndEveryFenceIsKept() {
        put("old", origin(1));
        put("newest", origin(3));
        put("late", origin(2));
        assertThat(only())
                .isEqualTo(new Store(
                        "card:7",
                        WHOLE,
                        new Value.Text("newest"),
                        CARD.ttl(),
                        fence(1L, 2L, 3L),
                        at(3),
                        List.of("card:*")));
    }

    @Test
    void aRemovalThatIsNewerThanAStoreRemoves() {
        put("old", origin(1));
        remove(origin(2));
        assertThat(only()).isEqualTo(removed(fence(1L, 2L), Optional.of(at(2))));
    }

    @Test
    void aStoreThatIsNewerThanARemovalStores() {
        put("new", origin(2));
        remove(origin(1));
        assertThat(only()).isInstanceOf(Store.class);
    }

    @Test
    void whatHasTheSamePositionHasNoOrderAndIsRemoved() {
        put("one row of a COPY", origin(1));
        put("another", origin(1));
        put("a third", origin(1));
        assertThat(only()).isEqualTo(removed(fence(1L), Optional.of(at(1))));
    }

    @Test
    void whatIsNewerThanATieStores() {
        put("a", origin(1));
        put("b", origin(1));
        put("c", origin(2));
        assertThat(only()).isInstanceOf(Store.class);
    }

    @Test
    void aChangeWithoutPositionRemovesWhateverElseIsKnown() {
        put("new", origin(9));
        remove(unordered());
        put("newer", origin(10));
        assertThat(only()).isEqualTo(removed(fence(0L, 9L, 10L), Optional.empty()));
    }

    @Test
    void aChangeOlderThanHalfTheWindowRemoves() {
        put("old", aged(1, Duration.ofSeconds(15)));
        assertThat(only()).isEqualTo(removed(fence(1L), Optional.of(at(1))));
    }

    @Test
    void aChangeYoungerThanHalfTheWindowStores() {
        put("young", aged(1, Duration.ofMillis(14_999)));
        assertThat(only()).isInstanceOf(Store.class);
    }

    @Test
    void aFenceThatRefusesAllOutlivesTheOthers() {
        put("new", origin(2));
        batch.remove(CARD, "card:7", WHOLE, origin(1), Fence.REFUSE_ALL);
        assertThat(only().fence()).isEqualTo(new Fence(Set.of(2L), true));
    }

    @Test
    void keysAndFieldsAreApart() {
        batch.remove(CARD, "card:7", WHOLE, origin(1), Fence.of(1));
        batch.remove(CARD, "card:7", Optional.of("7"), origin(1), Fence.of(1));
        batch.remove(CARD, "card:8", WHOLE, origin(1), Fence.of(1));
        assertThat(batch.commands(NOW)).hasSize(3);
        assertThat(batch.isEmpty()).isFalse();
    }

    @Test
    void aKeyThatNoRefreshStoresIsNotGuarded() {
        batch.remove(BOOK, "book:7", WHOLE, origin(1), Fence.of(1));
        assertThat(only()).isEqualTo(new Invalidate("book:7", WHOLE, fence(1L), Optional.of(at(1)), false));
    }

    @Test
    void withoutSafeFillsNothingIsFenced() {
        CacheMapping bare = withoutSafeFills(BOOK);
        batch.remove(bare, "book:7", WHOLE, origin(1), Fence.of(1));
        assertThat(only().fence()).isEqualTo(Fence.NONE);
        batch.remove(BOOK, "book:7", WHOLE, origin(2), Fence.of(2));
        assertThat(only().fence())
                .describedAs("another mapping of the key is safe")
                .isEqualTo(fence(2L));
    }
}
