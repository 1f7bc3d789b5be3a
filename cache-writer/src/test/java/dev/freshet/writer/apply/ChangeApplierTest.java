package dev.freshet.writer.apply;

import static dev.freshet.writer.Mappings.match;
import static dev.freshet.writer.Mappings.tag;
import static dev.freshet.writer.Tables.BOOKS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.model.CacheMapping;
import dev.freshet.model.KeyScan;
import dev.freshet.model.Lsn;
import dev.freshet.model.Origin;
import dev.freshet.model.Position;
import dev.freshet.model.RowChange;
import dev.freshet.model.Snapshot;
import dev.freshet.model.TableId;
import dev.freshet.redis.Fence;
import dev.freshet.writer.ManualTimer;
import dev.freshet.writer.RecordingStore;
import dev.freshet.writer.metrics.WriterMetrics;
import dev.freshet.writer.plan.CacheAction;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

final class ChangeApplierTest {

    private static final CacheMapping SHELF = tag("shelf", "genre:{id}", "shelf:*");
    private static final CacheMapping LISTS = match("lists", "list:*");

    private final RecordingStore store = new RecordingStore();
    private final ChangeApplier.Work work = new ChangeApplier(
                    store,
                    new CacheRules(List.of(SHELF, LISTS)),
                    new ManualTimer(),
                    Duration.ofSeconds(30),
                    request -> {},
                    WriterMetrics.none())
            .work(Snapshot.parse("100:100:"));

    private static RowChange change(OptionalLong transaction, long place) {
        Origin origin =
                new Origin(transaction, Optional.of(new Position(1, new Lsn(place), new Lsn(place))), Instant.EPOCH);
        return new RowChange.Truncated(BOOKS, origin);
    }

    private static CacheAction genre(int id) {
        return new CacheAction.RemoveTagged(SHELF, "genre:" + id);
    }

    @Test
    void manyChangesToOneTagMakeOneInvalidationWithEveryFence() {
        for (long id = 50; id < 60; id++) {
            work.add(change(OptionalLong.of(id), id), List.of(genre(5), genre(6)), OptionalLong.empty());
        }
        work.add(change(OptionalLong.empty(), 60), List.of(genre(6)), OptionalLong.empty());

        assertThat(work.startWide()).isNotDone();

        Set<Long> ids = Set.copyOf(LongStream.range(50, 60).boxed().toList());
        assertThat(store.names()).containsExactly("invalidate tag", "invalidate tag");
        assertThat(store.calls()).extracting(RecordingStore.Call::what).containsExactly("genre:5", "genre:6");
        assertThat(store.calls())
                .extracting(RecordingStore.Call::fence)
                .containsExactly(new Fence(ids, false), new Fence(ids, true));
        assertThat(work.transactions().keySet()).isEqualTo(ids);
        assertThat(work.commands(Instant.EPOCH)).isEmpty();
    }

    @Test
    void manyChangesThatSweepOneSetMakeOneSweep() {
        CacheAction sweep = new CacheAction.Sweep(LISTS, KeyScan.ofGlob("list:*"), Optional.empty());
        for (long id = 50; id < 60; id++) {
            work.add(change(OptionalLong.of(id), id), List.of(sweep), OptionalLong.empty());
        }

        assertThat(work.startWide()).isNotDone();
        store.promptly().last().answer();

        assertThat(store.names()).containsExactly("fence", "sweep");
        assertThat(store.calls().get(0).position()).contains(new Position(1, new Lsn(59), new Lsn(59)));
    }

    @Test
    void whatIsStartedAgainTellsItsEnd() {
        work.add(change(OptionalLong.of(50), 1), List.of(genre(5)), OptionalLong.empty());
        CompletableFuture<Void> first = work.startWide();
        store.last().answer();
        assertThat(first).isCompleted();

        CompletableFuture<Void> again = work.sweeps().get(0).get();

        assertThat(store.names()).containsExactly("invalidate tag", "invalidate tag");
        assertThat(store.last().fence()).isEqualTo(Fence.of(50));
        assertThat(again).isNotDone();
        store.last().answer();
        assertThat(again).isCompleted();
    }

    @Test
    void unknownChangesOfATableSweepEachOfItsMappingsOnceAndRefuseEveryFill() {
        for (long id = 50; id < 60; id++) {
            work.addUnknown(Set.of(BOOKS), OptionalLong.of(id), OptionalLong.empty());
        }
        work.addUnknown(Set.of(BOOKS), OptionalLong.empty(), OptionalLong.empty());
        work.addUnknown(Set.of(BOOKS), OptionalLong.of(2_000_000_000), OptionalLong.empty());

        store.promptly();
        assertThat(work.startWide()).isNotDone();

        Set<Long> ids = Set.copyOf(LongStream.range(50, 60).boxed().toList());
        assertThat(store.names()).containsExactly("fence", "sweep", "fence", "sweep");
        assertThat(store.calls())
                .extracting(RecordingStore.Call::what)
                .containsExactly("shelf:*", "shelf:*", "list:*", "list:*");
        assertThat(store.calls().get(0).fence()).isEqualTo(new Fence(ids, true));
        assertThat(store.calls().get(0).position()).isEmpty();
        assertThat(work.transactions().keySet())
                .describedAs("an offset waits for these to be seen, and not for what is no transaction")
                .isEqualTo(ids);
    }

    @Test
    void anUnknownChangeOfAnotherTableTouchesNothing() {
        work.addUnknown(Set.of(new TableId("public", "authors")), OptionalLong.empty(), OptionalLong.empty());

        assertThat(work.startWide()).isCompleted();

        assertThat(store.calls()).isEmpty();
    }
}
