package dev.freshet.writer.apply;

import dev.freshet.model.KeyScan;
import dev.freshet.model.Position;
import dev.freshet.redis.CacheStore;
import dev.freshet.redis.Fence;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes sets of keys: fences the pattern, sweeps, and takes back a lease life later what readers filled meanwhile
 * without having seen the change (rule 5). While one sweep of a set runs, further ones of the same set wait and become
 * one. Retries for as long as it takes. Thread-safe.
 */
final class Sweeper {

    private static final Logger LOG = LoggerFactory.getLogger(Sweeper.class);
    private static final Duration RETRY = Duration.ofMillis(500);

    /**
     * What a sweep removes.
     *
     * @param glob where its fence and its position stand
     * @param fenced whether readers may fill such keys
     * @param guarded whether a refresh may store such keys
     */
    record Sweep(String glob, KeyScan keys, Optional<KeyScan> field, boolean fenced, boolean guarded) {}

    /** A sweep that waits, with all that asked for it. */
    private record Waiting(Fence fence, Optional<Position> position, boolean ordered, Progress progress) {
        static Waiting of(Fence fence, Optional<Position> position) {
            return new Waiting(
                    fence,
                    position,
                    position.isPresent(),
                    new Progress(new CompletableFuture<>(), new CompletableFuture<>()));
        }
    }

    /**
     * How far a sweep has come; neither ever fails.
     *
     * @param applied the keys are gone
     * @param settled nothing that was under way meanwhile can bring one back: the change may be acknowledged
     */
    record Progress(CompletableFuture<Void> applied, CompletableFuture<Void> settled) {}

    private final CacheStore store;
    private final ScheduledExecutorService timer;
    private final Duration leaseLife;
    private final Map<Sweep, Optional<Waiting>> running = new HashMap<>();

    Sweeper(CacheStore store, ScheduledExecutorService timer, Duration leaseLife) {
        this.store = store;
        this.timer = timer;
        this.leaseLife = leaseLife;
    }

    Progress sweep(Sweep sweep, Fence fence, Optional<Position> position) {
        Waiting request;
        synchronized (running) {
            Optional<Waiting> waiting = running.getOrDefault(sweep, Optional.empty());
            if (running.containsKey(sweep)) {
                Waiting joined =
                        waiting.map(old -> join(old, fence, position)).orElseGet(() -> Waiting.of(fence, position));
                running.put(sweep, Optional.of(joined));
                return joined.progress();
            }
            running.put(sweep, Optional.empty());
            request = Waiting.of(fence, position);
        }
        start(sweep, request);
        return request.progress();
    }

    private static Waiting join(Waiting old, Fence fence, Optional<Position> position) {
        boolean ordered = old.ordered() && position.isPresent();
        Optional<Position> newest = !ordered
                ? Optional.empty()
                : old.position().get().compareTo(position.get()) >= 0 ? old.position() : position;
        return new Waiting(old.fence().and(fence), newest, ordered, old.progress());
    }

    private void start(Sweep sweep, Waiting request) {
        leaveBehind(sweep, request)
                .thenCompose(fenced -> store.sweep(sweep.keys(), sweep.field()))
                .whenComplete((removed, failure) -> {
                    if (failure != null) {
                        LOG.warn("A sweep of {} is tried again: {}", sweep.glob(), failure.getMessage());
                        later(RETRY, () -> start(sweep, request));
                        return;
                    }
                    request.progress().applied().complete(null);
                    finished(sweep);
                    if (sweep.fenced()) {
                        later(leaseLife, () -> takeBack(sweep, request));
                    } else {
                        request.progress().settled().complete(null);
                    }
                });
    }

    private CompletionStage<Void> leaveBehind(Sweep sweep, Waiting request) {
        return sweep.fenced() || sweep.guarded()
                ? store.fencePattern(sweep.glob(), sweep.fenced() ? request.fence() : Fence.NONE, request.position())
                : CompletableFuture.completedStage(null);
    }

    private void finished(Sweep sweep) {
        Optional<Waiting> next;
        synchronized (running) {
            next = running.getOrDefault(sweep, Optional.empty());
            if (next.isPresent()) {
                running.put(sweep, Optional.empty());
            } else {
                running.remove(sweep);
            }
        }
        next.ifPresent(request -> start(sweep, request));
    }

    private void takeBack(Sweep sweep, Waiting request) {
        store.takeBack(sweep.keys(), request.fence()).whenComplete((removed, failure) -> {
            if (failure == null) {
                request.progress().settled().complete(null);
            } else {
                later(RETRY, () -> takeBack(sweep, request));
            }
        });
    }

    private void later(Duration delay, Runnable step) {
        var unused = timer.schedule(step, delay.toMillis(), TimeUnit.MILLISECONDS);
    }
}
