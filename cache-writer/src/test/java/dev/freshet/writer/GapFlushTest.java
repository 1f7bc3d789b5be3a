package dev.freshet.writer;

import static dev.freshet.writer.Mappings.key;
import static dev.freshet.writer.Mappings.match;
import static dev.freshet.writer.Mappings.tag;
import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.model.CacheMapping;
import dev.freshet.model.Lsn;
import dev.freshet.model.Position;
import dev.freshet.model.Snapshot;
import dev.freshet.redis.Fence;
import dev.freshet.writer.acknowledge.Snapshots;
import dev.freshet.writer.apply.CacheRules;
import dev.freshet.writer.apply.ChangeApplier;
import dev.freshet.writer.metrics.WriterMetrics;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class GapFlushTest {

    private static final Duration WINDOW = Duration.ofSeconds(30);
    private static final Optional<Position> HERE = Optional.of(new Position(2, new Lsn(5), new Lsn(5)));
    private static final List<CacheMapping> MAPPINGS =
            List.of(key("book", "book:{id}"), match("lists", "list:*"), tag("genres", "genre:{author}", "shelf:*"));

    private final RecordingStore store = new RecordingStore();
    private final ManualTimer timer = new ManualTimer();
    private final ManualTimer snapshotTimer = new ManualTimer();
    private String source = "100:100:";
    private final Snapshots snapshots =
            Snapshots.start(() -> Snapshot.parse(source), snapshotTimer, Duration.ofMillis(100));
    private final ChangeApplier applier =
            new ChangeApplier(store, new CacheRules(MAPPINGS), timer, WINDOW, request -> {}, WriterMetrics.none());
    private Instant now = Instant.EPOCH;

    private void takeSnapshot(String snapshot) {
        source = snapshot;
        snapshotTimer.pass(Duration.ofMillis(100));
    }

    private long sweeps() {
        return store.names().stream().filter("sweep"::equals).count();
    }

    @Test
    void everyCacheIsFencedAndSweptAtOnce() {
        GapFlush flush = GapFlush.start(applier, snapshots, mapping -> true, HERE, now);
        assertThat(store.calls())
                .extracting(RecordingStore.Call::what)
                .containsExactlyInAnyOrder("book:*", "list:*", "shelf:*");
        assertThat(store.calls())
                .allMatch(call -> call.name().equals("fence")
                        && call.fence().equals(Fence.REFUSE_ALL)
                        && call.position().equals(HERE));
        flush.advance(now);
        assertThat(flush.done()).isFalse();
    }

    @Test
    void onlyWhatIsMeantIsFlushed() {
        store.promptly();
        GapFlush flush =
                GapFlush.start(applier, snapshots, mapping -> mapping.name().equals("lists"), HERE, now);
        takeSnapshot("100:105:100");
        flush.advance(now);
        takeSnapshot("105:105:");
        flush.advance(now);
        assertThat(store.calls())
                .filteredOn(call -> call.name().equals("fence"))
                .extracting(RecordingStore.Call::what)
                .containsExactly("list:*", "list:*");
    }

    @Test
    void itIsFlushedAgainOnceAllThatWasUnderWayHasEnded() {
        store.promptly();
        GapFlush flush = GapFlush.start(applier, snapshots, mapping -> true, HERE, now);
        assertThat(sweeps()).isEqualTo(3);
        takeSnapshot("100:105:100");
        flush.advance(now);
        assertThat(sweeps())
                .describedAs("one that was perhaps begun before the gap says nothing")
                .isEqualTo(3);
        takeSnapshot("100:107:100");
        flush.advance(now);
        takeSnapshot("106:109:106");
        flush.advance(now);
        assertThat(sweeps())
                .describedAs("106 began before the first snapshot after the gap")
                .isEqualTo(3);
        takeSnapshot("107:110:107");
        flush.advance(now);
        assertThat(sweeps()).isEqualTo(6);
        assertThat(flush.settled()).isNotDone();
        flush.advance(now);
        assertThat(flush.settled()).isCompleted();
        assertThat(flush.done()).isTrue();
        flush.advance(now);
        assertThat(sweeps()).isEqualTo(6);
    }

    @Test
    void aTransactionThatStaysOpenHoldsUpAcknowledgementNotReadiness() {
        store.promptly();
        GapFlush flush = GapFlush.start(applier, snapshots, mapping -> true, HERE, now);
        for (int i = 0; i < 3; i++) {
            takeSnapshot("100:105:100");
            flush.advance(now);
        }
        flush.advance(now.plusSeconds(10));
        assertThat(flush.done()).isFalse();
        flush.advance(now.plusMillis(10_001));
        assertThat(flush.done()).isTrue();
        assertThat(flush.settled()).isNotDone();
        takeSnapshot("105:105:");
        flush.advance(now.plusSeconds(60));
        flush.advance(now.plusSeconds(60));
        assertThat(flush.settled()).isCompleted();
        assertThat(sweeps()).isEqualTo(6);
    }
}
