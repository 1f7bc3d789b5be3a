package dev.freshet.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.model.Snapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 10, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class CallerThreadTest {

    private final List<Runnable> elsewhere = new ArrayList<>();
    private final CallerThread caller = new CallerThread(elsewhere::add);

    @Test
    void stepsRunHereUntilTheAnswerIsThere() {
        CompletableFuture<Thread> answer = new CompletableFuture<>();
        caller.execute(() -> answer.complete(Thread.currentThread()));
        assertThat(caller.await(answer)).isSameAs(Thread.currentThread());
        // The step that only ends the wait is left over.
        elsewhere.forEach(Runnable::run);
    }

    @Test
    void whatComesLaterRunsElsewhere() {
        caller.await(CompletableFuture.completedFuture("told"));
        elsewhere.clear();
        List<String> done = new ArrayList<>();
        caller.execute(() -> done.add("late"));
        elsewhere.forEach(Runnable::run);
        assertThat(done).containsExactly("late");
    }

    /** A query that hangs for longer than a read waits for it: the reads behind it leave, and later ones must get theirs. */
    @Test
    void aSnapshotThatItsAskerDidNotWaitForIsTakenForTheOthers() {
        List<Runnable> database = new ArrayList<>();
        SharedSnapshots snapshots = new SharedSnapshots(() -> Optional.of(Snapshot.parse("1:1:")));
        CompletableFuture<Optional<Snapshot>> hung = snapshots.take(database::add);
        CompletableFuture<Optional<Snapshot>> impatient = snapshots.take(caller);
        caller.await(impatient
                .copy()
                .completeOnTimeout(Optional.empty(), 1, TimeUnit.MILLISECONDS)
                .thenApply(snapshot -> snapshot));
        CompletableFuture<Optional<Snapshot>> later = snapshots.take(Runnable::run);

        database.get(0).run();
        elsewhere.forEach(Runnable::run);

        assertThat(hung).isCompleted();
        assertThat(later).isCompletedWithValue(Optional.of(Snapshot.parse("1:1:")));
        assertThat(snapshots.take(Runnable::run)).isCompleted();
    }
}
