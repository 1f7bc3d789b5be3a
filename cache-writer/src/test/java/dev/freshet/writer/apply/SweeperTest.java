package dev.freshet.writer.apply;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.model.KeyScan;
import dev.freshet.model.Lsn;
import dev.freshet.model.Position;
import dev.freshet.redis.Fence;
import dev.freshet.writer.ManualTimer;
import dev.freshet.writer.RecordingStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class SweeperTest {

    private static final Duration LEASE = Duration.ofSeconds(15);
    private static final Wide LISTS =
            new Wide.Matching("list:*", KeyScan.ofGlob("list:*"), Optional.empty(), true, false);
    private static final Wide BARE =
            new Wide.Matching("list:*", KeyScan.ofGlob("list:*"), Optional.empty(), false, false);
    private static final Wide BARE_GUARDED =
            new Wide.Matching("list:*", KeyScan.ofGlob("list:*"), Optional.empty(), false, true);

    private static final Wide GENRE = new Wide.Tagged("genre:5", "shelf:*", false);

    private final RecordingStore store = new RecordingStore();
    private final ManualTimer timer = new ManualTimer();
    private final Sweeper sweeper = new Sweeper(store, timer, LEASE);

    private static Optional<Position> at(long place) {
        return Optional.of(new Position(1, new Lsn(place), new Lsn(place)));
    }

    @Test
    void aSetIsFencedThenSweptThenTakenBackALeaseLater() {
        Removal progress = sweeper.sweep(LISTS, new Cause(Fence.of(7), at(1)), removed -> {});
        assertThat(store.names()).containsExactly("fence");
        store.last().answer();
        assertThat(store.names()).containsExactly("fence", "sweep");
        assertThat(progress.applied()).isNotDone();
        store.last().answer();
        assertThat(progress.applied()).isCompleted();
        timer.pass(LEASE.minusMillis(1));
        assertThat(store.names()).containsExactly("fence", "sweep");
        timer.pass(Duration.ofMillis(1));
        assertThat(store.names()).containsExactly("fence", "sweep", "take back");
        assertThat(store.last().fence()).isEqualTo(Fence.of(7));
        assertThat(progress.settled()).isNotDone();
        store.last().answer();
        assertThat(progress.settled()).isCompleted();
        assertThat(timer.waiting()).isZero();
    }

    @Test
    void onceEveryReaderKnowsThePatternsNothingIsTakenBack() {
        sweeper.published();
        Removal early = removed(LISTS);
        timer.pass(LEASE.minusMillis(1));
        Removal late = removed(LISTS);
        assertThat(early.settled()).isNotDone();
        assertThat(late.settled())
                .describedAs("a reader's lease may be a moment older than the publication")
                .isNotDone();
        timer.pass(Duration.ofMillis(1));
        assertThat(removed(LISTS).settled()).isCompleted();
        assertThat(store.names().stream().filter("take back"::equals))
                .describedAs("what began before is taken back as ever")
                .hasSize(1);
    }

    @Test
    void patternsThatArePublishedAgainAreNewAgain() {
        sweeper.published();
        timer.pass(Duration.ofMillis(1));
        sweeper.published();
        timer.pass(LEASE.minusMillis(1));
        assertThat(removed(LISTS).settled())
                .describedAs("only the first publication is known")
                .isNotDone();
        timer.pass(Duration.ofMillis(1));
        assertThat(removed(LISTS).settled()).isCompleted();
    }

    private Removal removed(Wide set) {
        Removal removal = sweeper.sweep(set, new Cause(Fence.of(7), at(1)), removed -> {});
        store.last().answer();
        store.last().answer();
        assertThat(removal.applied()).isCompleted();
        return removal;
    }

    @Test
    void withoutFencesAndRefreshesNothingIsLeftBehind() {
        Removal progress = sweeper.sweep(BARE, new Cause(Fence.of(7), at(1)), removed -> {});
        store.last().answer();
        assertThat(store.names()).containsExactly("sweep");
        assertThat(progress.settled()).isCompleted();
    }

    @Test
    void withoutFencesNothingIsTakenBack() {
        Removal progress = sweeper.sweep(BARE_GUARDED, new Cause(Fence.of(7), at(1)), removed -> {});
        store.last().answer();
        store.last().answer();
        assertThat(progress.settled()).isCompleted();
        assertThat(store.calls().get(0).fence()).isEqualTo(Fence.NONE);
        assertThat(store.calls().get(0).position()).isEqualTo(at(1));
    }

    @Test
    void whatComesWhileASetIsSweptWaitsAndBecomesOne() {
        Removal first = sweeper.sweep(LISTS, new Cause(Fence.of(1), at(1)), removed -> {});
        Removal second = sweeper.sweep(LISTS, new Cause(Fence.of(2), at(3)), removed -> {});
        Removal third = sweeper.sweep(LISTS, new Cause(Fence.of(3), at(2)), removed -> {});
        assertThat(third).isSameAs(second);
        assertThat(store.names()).containsExactly("fence");
        store.last().answer();
        store.last().answer();
        assertThat(first.applied()).isCompleted();
        assertThat(second.applied()).isNotDone();
        assertThat(store.names()).containsExactly("fence", "sweep", "fence");
        assertThat(store.last().fence()).isEqualTo(new Fence(Set.of(2L, 3L), false));
        assertThat(store.last().position()).describedAs("the newest").isEqualTo(at(3));
        store.last().answer();
        store.last().answer();
        assertThat(second.applied()).isCompleted();
        store.promptly();
        timer.pass(LEASE);
        assertThat(first.settled()).isCompleted();
        assertThat(second.settled()).isCompleted();
        assertThat(store.names().stream().filter("take back"::equals)).hasSize(2);
    }

    @Test
    void oneChangeWithoutPositionLeavesTheJoinedSweepWithoutOne() {
        for (int known = 0; known < 3; known++) {
            RecordingStore own = new RecordingStore();
            Sweeper joining = new Sweeper(own, timer, LEASE);
            joining.sweep(LISTS, new Cause(Fence.of(1), at(1)), removed -> {});
            for (int i = 0; i < 3; i++) {
                joining.sweep(LISTS, new Cause(Fence.of(2), i == known ? Optional.empty() : at(i)), removed -> {});
            }
            own.last().answer();
            own.last().answer();
            assertThat(own.last().position()).isEmpty();
        }
    }

    @Test
    void anotherSetDoesNotWait() {
        sweeper.sweep(LISTS, new Cause(Fence.of(1), at(1)), removed -> {});
        sweeper.sweep(
                new Wide.Matching("list:*", KeyScan.ofGlob("list:7:*"), Optional.empty(), true, false),
                new Cause(Fence.of(1), at(1)),
                removed -> {});
        assertThat(store.names()).containsExactly("fence", "fence");
    }

    @Test
    void aSweepThatFailsIsTriedFromItsFenceUntilItWorks() {
        Removal progress = sweeper.sweep(LISTS, new Cause(Fence.of(1), at(1)), removed -> {});
        Removal joined = sweeper.sweep(LISTS, new Cause(Fence.of(2), at(2)), removed -> {});
        store.last().fail();
        timer.pass(Duration.ofMillis(500));
        assertThat(store.names()).containsExactly("fence", "fence");
        store.last().answer();
        store.last().fail();
        timer.pass(Duration.ofMillis(500));
        assertThat(store.names()).containsExactly("fence", "fence", "sweep", "fence");
        assertThat(progress.applied()).isNotDone();
        store.last().answer();
        store.last().answer();
        assertThat(progress.applied()).isCompleted();
        assertThat(store.last().fence()).describedAs("then the one that waited").isEqualTo(Fence.of(2));
        store.last().answer();
        store.last().answer();
        assertThat(joined.applied()).isCompleted();
        timer.pass(LEASE);
        store.last().fail();
        assertThat(joined.settled()).isNotDone();
        timer.pass(Duration.ofMillis(500));
        store.last().answer();
        assertThat(joined.settled()).isCompleted();
    }

    @Test
    void aStoreThatAnswersAtOnceIsSweptEachTime() {
        store.promptly();
        sweeper.sweep(LISTS, new Cause(Fence.of(1), at(1)), removed -> {});
        sweeper.sweep(LISTS, new Cause(Fence.of(2), at(2)), removed -> {});
        assertThat(store.names()).containsExactly("fence", "sweep", "fence", "sweep");
    }

    @Test
    void aTagIsInvalidatedAndSettledAtOnce() {
        Removal progress = sweeper.sweep(GENRE, new Cause(Fence.of(7), at(1)), removed -> {});
        assertThat(store.names()).containsExactly("invalidate tag");
        assertThat(store.last().what()).isEqualTo("genre:5");
        assertThat(store.last().fence()).isEqualTo(Fence.of(7));
        store.last().fail();
        assertThat(progress.applied()).isNotDone();
        timer.pass(Duration.ofMillis(500));
        assertThat(store.names()).containsExactly("invalidate tag", "invalidate tag");
        store.last().answer();
        assertThat(progress.applied()).isCompleted();
        assertThat(progress.settled()).isCompleted();
        assertThat(timer.waiting()).isZero();
    }

    @Test
    void aTagWhoseKeysARefreshMayStoreLeavesItsPositionAtTheirGlobButNoFence() {
        sweeper.sweep(new Wide.Tagged("genre:5", "shelf:*", true), new Cause(Fence.of(7), at(3)), removed -> {});
        assertThat(store.names()).containsExactly("fence");
        assertThat(store.last().what()).isEqualTo("shelf:*");
        assertThat(store.last().fence()).isEqualTo(Fence.NONE);
        assertThat(store.last().position()).isEqualTo(at(3));
        store.last().answer();
        assertThat(store.names()).containsExactly("fence", "invalidate tag");
    }

    @Test
    void aFewSetsAreRemovedAtATimeAndThoseThatWaitTakeTheirTurns() {
        List<Removal> asked = new ArrayList<>();
        for (int i = 0; i < 3 * Sweeper.AT_ONCE; i++) {
            asked.add(sweeper.sweep(
                    new Wide.Tagged("genre:" + i, "shelf:*", false), new Cause(Fence.of(1), at(1)), removed -> {}));
        }
        Wide last = new Wide.Tagged("genre:" + (3 * Sweeper.AT_ONCE - 1), "shelf:*", false);
        assertThat(sweeper.sweep(last, new Cause(Fence.of(2), at(2)), removed -> {}))
                .isSameAs(asked.get(asked.size() - 1));
        for (int done = 0; done < asked.size(); done++) {
            assertThat(store.calls()).hasSize(Math.min(asked.size(), done + Sweeper.AT_ONCE));
            store.calls().get(done).answer();
        }
        assertThat(store.last().what()).isEqualTo("genre:" + (asked.size() - 1));
        assertThat(store.last().fence()).isEqualTo(new Fence(Set.of(1L, 2L), false));
        assertThat(asked).allSatisfy(progress -> assertThat(progress.settled()).isCompleted());
    }
}
