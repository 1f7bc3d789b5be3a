package dev.freshet.client;

import dev.freshet.model.Snapshot;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * One snapshot query at a time, each for all who asked before it began. So a snapshot is always taken after it was asked
 * for. Thread-safe.
 */
final class SharedSnapshots {

    private final SnapshotSource source;
    private Optional<Round> running = Optional.empty();
    private Optional<Round> next = Optional.empty();

    /** One query, run by the executor of whoever asked for it first. */
    private record Round(Executor executor, CompletableFuture<Optional<Snapshot>> taken) {}

    SharedSnapshots(SnapshotSource source) {
        this.source = source;
    }

    /** Completes on any thread; exceptionally where the source could not be asked. */
    CompletableFuture<Optional<Snapshot>> take(Executor executor) {
        Round mine;
        synchronized (this) {
            if (running.isPresent()) {
                mine = next.orElseGet(() -> new Round(executor, new CompletableFuture<>()));
                next = Optional.of(mine);
                return mine.taken();
            }
            mine = new Round(executor, new CompletableFuture<>());
            running = Optional.of(mine);
        }
        run(mine);
        return mine.taken();
    }

    private void run(Round round) {
        try {
            round.executor().execute(() -> {
                try {
                    Optional<Snapshot> snapshot = source.take();
                    startNext();
                    round.taken().complete(snapshot);
                } catch (Exception | Error e) {
                    startNext();
                    round.taken().completeExceptionally(e);
                }
            });
        } catch (RuntimeException rejected) {
            startNext();
            round.taken().completeExceptionally(rejected);
        }
    }

    private void startNext() {
        Optional<Round> after;
        synchronized (this) {
            running = next;
            next = Optional.empty();
            after = running;
        }
        after.ifPresent(this::run);
    }
}
