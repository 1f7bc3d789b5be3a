package dev.freshet.writer.acknowledge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.model.Lsn;
import dev.freshet.model.Position;
import dev.freshet.model.Snapshot;
import dev.freshet.redis.Fence;
import dev.freshet.redis.KeyCommand;
import dev.freshet.redis.KeyCommand.Invalidate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

final class AcknowledgementsTest {

    private static final long EPOCH = 3;
    private static final Duration WINDOW = Duration.ofSeconds(30);
    private static final TopicPartition A = new TopicPartition("shop.public.books", 0);
    private static final TopicPartition B = new TopicPartition("shop.public.books", 1);
    private static final CompletableFuture<Void> SETTLED = CompletableFuture.completedFuture(null);

    private final Acknowledgements acknowledgements = new Acknowledgements(WINDOW);
    private Instant now = Instant.parse("2024-01-02T03:04:05Z");

    private static KeyCommand removal(String key, long... transactions) {
        return new Invalidate(
                key,
                Optional.empty(),
                new Fence(Set.copyOf(LongStream.of(transactions).boxed().toList()), false),
                Optional.of(new Position(1, new Lsn(1), new Lsn(1))),
                true);
    }

    @Test
    void whatAGapHasFlushedWaitsForNoSnapshotMore() {
        applied(A, 5, SETTLED, 10);
        applied(A, 6, SETTLED, 11);
        acknowledgements.flushed(EPOCH);
        assertThat(acknowledgements.take())
                .describedAs("of the epoch that the gap began")
                .isEmpty();
        acknowledgements.flushed(EPOCH + 1);
        assertThat(acknowledgements.waiting()).isFalse();
        assertThat(acknowledgements.take()).isEqualTo(Map.of(A, 6L));
        applied(A, 7, SETTLED, 12);
        assertThat(acknowledgements.take()).describedAs("read late").isEqualTo(Map.of(A, 7L));
    }

    private static Snapshot seesBelow(long id) {
        return Snapshot.parse(id + ":" + id + ":");
    }

    private void applied(TopicPartition partition, long next, CompletableFuture<Void> settled, long... transactions) {
        acknowledgements.applied(
                Map.of(partition, next),
                LongStream.of(transactions).boxed().collect(Collectors.toMap(id -> id, id -> EPOCH)),
                List.of(removal("key:" + next, transactions)),
                List.of(),
                settled,
                now);
    }

    @Test
    void anOffsetWaitsForItsTransactionsToBeSeen() {
        applied(A, 5, SETTLED, 10, 12);
        assertThat(acknowledgements.waiting()).isTrue();
        assertThat(acknowledgements.take()).isEmpty();
        acknowledgements.seen(seesBelow(12), now);
        assertThat(acknowledgements.take()).isEmpty();
        acknowledgements.seen(Snapshot.parse("12:14:13"), now);
        assertThat(acknowledgements.waiting()).isFalse();
        assertThat(acknowledgements.take()).containsOnly(Map.entry(A, 5L));
        assertThat(acknowledgements.take()).isEmpty();
        assertThat(acknowledgements.held()).isZero();
    }

    @Test
    void aTransactionSeenOnceStaysSeen() {
        applied(A, 5, SETTLED, 10, 12);
        acknowledgements.seen(Snapshot.parse("12:13:12"), now);
        acknowledgements.seen(Snapshot.parse("13:13:"), now);
        assertThat(acknowledgements.take()).isNotEmpty();
    }

    @Test
    void anOffsetWaitsForWhatItsBatchStarted() {
        CompletableFuture<Void> sweep = new CompletableFuture<>();
        applied(A, 5, sweep);
        assertThat(acknowledgements.take()).isEmpty();
        sweep.complete(null);
        assertThat(acknowledgements.take()).containsOnly(Map.entry(A, 5L));
    }

    @Test
    void aBatchWithoutTransactionsIsAcknowledgedAtOnce() {
        applied(A, 5, SETTLED);
        assertThat(acknowledgements.waiting()).isFalse();
        assertThat(acknowledgements.take()).containsOnly(Map.entry(A, 5L));
    }

    /** Every order in which four batches can be seen and settle. */
    @Test
    void offsetsNeverPassABatchThatIsNotAcknowledged() {
        for (List<Integer> order : orders(8)) {
            Acknowledgements enumerated = new Acknowledgements(WINDOW);
            List<CompletableFuture<Void>> settling = new ArrayList<>();
            boolean[] done = new boolean[8];
            for (int i = 0; i < 4; i++) {
                settling.add(new CompletableFuture<>());
                enumerated.applied(
                        Map.of(i % 2 == 0 ? A : B, i + 1L),
                        Map.of(10L + i, EPOCH),
                        List.of(),
                        List.of(),
                        settling.get(i),
                        now);
            }
            Map<TopicPartition, Long> committed = new HashMap<>();
            for (int event : order) {
                done[event] = true;
                if (event < 4) {
                    settling.get(event).complete(null);
                } else {
                    StringBuilder open = new StringBuilder();
                    for (int i = 0; i < 4; i++) {
                        if (!done[4 + i]) {
                            open.append(open.length() == 0 ? "" : ",").append(10 + i);
                        }
                    }
                    enumerated.seen(Snapshot.parse("10:14:" + open), now);
                }
                committed.putAll(enumerated.take());
                int prefix = 0;
                while (prefix < 4 && done[prefix] && done[4 + prefix]) {
                    prefix++;
                }
                Map<TopicPartition, Long> expected = new HashMap<>();
                for (int i = 0; i < prefix; i++) {
                    expected.put(i % 2 == 0 ? A : B, i + 1L);
                }
                assertThat(committed)
                        .describedAs("order %s after %d", order, event)
                        .isEqualTo(expected);
            }
        }
    }

    /** All orders of so many events would be 40,320; every fifth of them has each event at each place. */
    private static List<List<Integer>> orders(int events) {
        List<List<Integer>> orders = new ArrayList<>();
        permute(new ArrayList<>(), events, orders);
        return java.util.stream.IntStream.range(0, orders.size())
                .filter(i -> i % 5 == 0)
                .mapToObj(orders::get)
                .toList();
    }

    private static void permute(List<Integer> start, int events, List<List<Integer>> orders) {
        if (start.size() == events) {
            orders.add(List.copyOf(start));
            return;
        }
        for (int event = 0; event < events; event++) {
            if (!start.contains(event)) {
                start.add(event);
                permute(start, events, orders);
                start.remove(start.size() - 1);
            }
        }
    }

    @Test
    void whatStaysInvisibleIsDueBeforeHalfItsFencesLife() {
        applied(A, 5, SETTLED, 10);
        assertThat(acknowledgements.due(now.plusMillis(11_999)).isEmpty()).isTrue();
        Instant due = now.plusSeconds(12);
        assertThat(Duration.between(now, due)).isLessThan(WINDOW.dividedBy(2));
        assertThat(acknowledgements.due(due).commands())
                .describedAs("a removal that leaves no position of its own")
                .containsExactly(new Invalidate("key:5", Optional.empty(), Fence.of(10), Optional.empty(), false));
        acknowledgements.appliedAgain(due, due);
        assertThat(acknowledgements.due(due).isEmpty()).isTrue();
        assertThat(acknowledgements.due(due.plusSeconds(12)).isEmpty()).isFalse();
        acknowledgements.seen(seesBelow(11), due);
        assertThat(acknowledgements.due(due.plusSeconds(12)).isEmpty()).isTrue();
        assertThat(acknowledgements.take()).containsOnly(Map.entry(A, 5L));
    }

    @Test
    void onlyWhatWaitsIsAppliedAgain() {
        List<String> swept = new ArrayList<>();
        acknowledgements.applied(
                Map.of(A, 5L),
                Map.of(10L, EPOCH, 11L, EPOCH),
                List.of(removal("a", 10), removal("b", 11), removal("c", 10, 11)),
                List.of(() -> {
                    swept.add("lists");
                    return SETTLED;
                }),
                SETTLED,
                now);
        applied(A, 6, SETTLED, 10);
        acknowledgements.seen(seesBelow(11), now);
        Acknowledgements.Due due = acknowledgements.due(now.plusSeconds(12));
        assertThat(due.commands()).extracting(KeyCommand::key).containsExactly("b", "c");
        due.sweeps().forEach(Runnable::run);
        assertThat(swept).containsExactly("lists");
    }

    /** D9: a writer that stalled for longer than the fence lives does not trust a snapshot taken since. */
    @Test
    void aStalledWriterAppliesOnceMoreBeforeItAcknowledges() {
        applied(A, 5, SETTLED, 10);
        Instant late = now.plusSeconds(15).plusMillis(1);
        acknowledgements.seen(seesBelow(11), late);
        assertThat(acknowledgements.take()).describedAs("the fence may be over").isEmpty();
        assertThat(acknowledgements.due(late).commands()).hasSize(1);
        acknowledgements.appliedAgain(late, late.plusSeconds(1));
        acknowledgements.seen(seesBelow(11), late.plusSeconds(1));
        assertThat(acknowledgements.take()).containsOnly(Map.entry(A, 5L));
    }

    @Test
    void aSnapshotWithinHalfTheFencesLifeIsTrusted() {
        applied(A, 5, SETTLED, 10);
        acknowledgements.seen(seesBelow(11), now.plusSeconds(15));
        assertThat(acknowledgements.take()).isNotEmpty();
    }

    @Test
    void offsetsOfRevokedPartitionsAreNotCommitted() {
        acknowledgements.applied(Map.of(A, 5L, B, 7L), Map.of(), List.of(), List.of(), SETTLED, now);
        acknowledgements.revoked(Set.of(A));
        assertThat(acknowledgements.take()).containsOnly(Map.entry(B, 7L));
    }

    @Test
    void aRevokedBatchStillHoldsBackThoseAfterIt() {
        applied(A, 5, SETTLED, 10);
        applied(B, 7, SETTLED);
        acknowledgements.revoked(Set.of(A));
        assertThat(acknowledgements.take()).isEmpty();
        acknowledgements.seen(seesBelow(11), now);
        assertThat(acknowledgements.take()).containsOnly(Map.entry(B, 7L));
    }

    @Test
    void aSweepThatWasStartedAgainHoldsItsBatchUntilItIsOver() {
        CompletableFuture<Void> again = new CompletableFuture<>();
        acknowledgements.applied(Map.of(A, 5L), Map.of(10L, EPOCH), List.of(), List.of(() -> again), SETTLED, now);
        Instant due = now.plusSeconds(12);
        acknowledgements.due(due).sweeps().forEach(Runnable::run);
        acknowledgements.appliedAgain(due, due);
        acknowledgements.seen(seesBelow(11), due);
        assertThat(acknowledgements.take()).isEmpty();
        again.complete(null);
        assertThat(acknowledgements.take()).containsOnly(Map.entry(A, 5L));
    }

    @Test
    void heldCommandsAndSweepsAreCountedUntilTheyAreAcknowledged() {
        acknowledgements.applied(Map.of(A, 5L), Map.of(10L, EPOCH), List.of(), List.of(() -> SETTLED), SETTLED, now);
        applied(A, 6, SETTLED, 11);
        assertThat(acknowledgements.held()).isEqualTo(2);
        acknowledgements.seen(seesBelow(11), now);
        acknowledgements.take();
        assertThat(acknowledgements.held()).isEqualTo(1);
    }

    /** Seeds of batches, snapshots, renewals and revocations: committed offsets only rise, and only over seen batches. */
    @Test
    void noWalkThroughTheEventsCommitsWhatWasNotSeen() {
        for (long seed = 0; seed < 500; seed++) {
            Random random = new Random(seed);
            Acknowledgements walked = new Acknowledgements(WINDOW);
            Instant time = now;
            long id = 100;
            long visible = 100;
            long offset = 0;
            long committed = 0;
            Map<Long, Long> idOfOffset = new HashMap<>();
            for (int step = 0; step < 200; step++) {
                switch (random.nextInt(4)) {
                    case 0 -> {
                        idOfOffset.put(++offset, id);
                        walked.applied(
                                Map.of(A, offset),
                                Map.of(id, EPOCH),
                                List.of(removal("k", id)),
                                List.of(),
                                SETTLED,
                                time);
                        id++;
                    }
                    case 1 -> {
                        visible = Math.min(id, visible + random.nextInt(3));
                        walked.seen(seesBelow(visible), time);
                    }
                    case 2 -> time = time.plusMillis(random.nextInt(8000));
                    default -> {
                        if (!walked.due(time).isEmpty()) {
                            walked.appliedAgain(time, time);
                        }
                    }
                }
                Map<TopicPartition, Long> offsets = walked.take();
                if (!offsets.isEmpty()) {
                    long next = offsets.getOrDefault(A, -1L);
                    assertThat(next).describedAs("seed %d", seed).isGreaterThan(committed);
                    assertThat(idOfOffset.get(next))
                            .describedAs("seed %d", seed)
                            .isLessThan(visible);
                    committed = next;
                }
            }
            time = time.plusSeconds(60);
            walked.appliedAgain(time, time);
            walked.seen(seesBelow(id), time);
            walked.take();
            assertThat(walked.waiting()).describedAs("seed %d", seed).isFalse();
        }
    }
}
