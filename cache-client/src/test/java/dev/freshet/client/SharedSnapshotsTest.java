package dev.freshet.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.model.Snapshot;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.Test;

class SharedSnapshotsTest {

    private int taken;
    private final SharedSnapshots snapshots =
            new SharedSnapshots(() -> Optional.of(Snapshot.parse("1:" + ++taken + ":")));

    /** Runs what it is given when the test says so. */
    private static final class Later implements Executor {
        private final Deque<Runnable> steps = new ArrayDeque<>();

        @Override
        public void execute(Runnable step) {
            steps.add(step);
        }

        void runNext() {
            steps.remove().run();
        }
    }

    @Test
    void allWhoAskWhileOneIsTakenShareTheNext() {
        Later later = new Later();
        CompletableFuture<Optional<Snapshot>> first = snapshots.take(later);
        List<CompletableFuture<Optional<Snapshot>>> others = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            others.add(snapshots.take(later));
        }
        later.runNext();
        assertThat(first.join()).contains(Snapshot.parse("1:1:"));
        assertThat(others).noneMatch(CompletableFuture::isDone);
        later.runNext();
        assertThat(others).allMatch(other -> other.join().equals(Optional.of(Snapshot.parse("1:2:"))));
        assertThat(taken).isEqualTo(2);
        assertThat(later.steps).isEmpty();
    }

    @Test
    void aSnapshotIsNeverOlderThanTheAskingForIt() {
        Executor now = Runnable::run;
        assertThat(snapshots.take(now).join()).contains(Snapshot.parse("1:1:"));
        assertThat(snapshots.take(now).join()).contains(Snapshot.parse("1:2:"));
    }

    @Test
    void aFailureIsToldToAllOfItsRoundAndTheNextAsksAgain() {
        List<String> asked = new ArrayList<>();
        SharedSnapshots failing = new SharedSnapshots(() -> {
            asked.add("asked");
            throw new IllegalStateException("away");
        });
        assertThat(failing.take(Runnable::run)).isCompletedExceptionally();
        assertThat(failing.take(Runnable::run)).isCompletedExceptionally();
        assertThat(asked).hasSize(2);
    }
}
