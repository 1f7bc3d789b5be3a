package dev.freshet.writer.apply;

import dev.freshet.redis.CacheStore;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes sets of keys: fences a set, removes it, and, where a reader may not know of the fence yet, takes back a lease
 * life later what readers filled meanwhile without having seen the change (rule 5, ADR 4). A few sets are removed at a time, one
 * removal of each; those that wait for the same set become one. Retries for as long as it takes. Thread-safe.
 */
final class Sweeper {

    private static final Logger LOG = LoggerFactory.getLogger(Sweeper.class);
    private static final Duration RETRY = Duration.ofMillis(500);
    private static final long UNPUBLISHED = -1;

    /** Few enough that their commands, sent at once, are answered well within the store's time limit. */
    static final int AT_ONCE = 8;

    /** A removal that waits, with all that asked for it. */
    private record Waiting(Cause cause, Removal progress, LongConsumer removed) {
        Waiting and(Waiting later) {
            return new Waiting(cause.and(later.cause), progress, removed);
        }
    }

    /** A removal whose turn has come. */
    private record Turn(Wide set, Waiting request) {}

    private final CacheStore store;
    private final ScheduledExecutorService timer;
    private final Duration leaseLife;
    private final Map<Wide, Waiting> waiting = new LinkedHashMap<>();
    private final Set<Wide> running = new HashSet<>();
    private final AtomicLong publications = new AtomicLong();
    private final AtomicLong known = new AtomicLong(UNPUBLISHED);

    Sweeper(CacheStore store, ScheduledExecutorService timer, Duration leaseLife) {
        this.store = store;
        this.timer = timer;
        this.leaseLife = leaseLife;
    }

    /**
     * The patterns were published. A lease life later every reader that may still fill knows them and finds a set's fence
     * itself, so nothing is taken back until they are published again.
     */
    void published() {
        long publication = publications.incrementAndGet();
        later(leaseLife, () -> known.accumulateAndGet(publication, Math::max));
    }

    private boolean patternsAreKnown() {
        return known.get() == publications.get();
    }

    /** @param removed told how many keys or fields went, unless this becomes one with a removal that waits */
    Removal sweep(Wide set, Cause cause, LongConsumer removed) {
        Waiting request =
                new Waiting(cause, new Removal(new CompletableFuture<>(), new CompletableFuture<>()), removed);
        Removal progress;
        synchronized (waiting) {
            progress = waiting.merge(set, request, Waiting::and).progress();
        }
        startNext();
        return progress;
    }

    private void startNext() {
        next().ifPresent(turn -> start(turn.set(), turn.request()));
    }

    private Optional<Turn> next() {
        synchronized (waiting) {
            if (running.size() >= AT_ONCE) {
                return Optional.empty();
            }
            Optional<Turn> next = waiting.entrySet().stream()
                    .filter(request -> !running.contains(request.getKey()))
                    .findFirst()
                    .map(request -> new Turn(request.getKey(), request.getValue()));
            next.ifPresent(turn -> {
                waiting.remove(turn.set());
                running.add(turn.set());
            });
            return next;
        }
    }

    private void start(Wide set, Waiting request) {
        boolean fillsAreFenced = !set.filledUnfenced() || patternsAreKnown();
        set.remove(store, request.cause()).whenComplete((removed, failure) -> {
            if (failure != null) {
                LOG.warn("A sweep of {} is tried again: {}", set.glob(), failure.getMessage());
                later(RETRY, () -> start(set, request));
                return;
            }
            request.removed().accept(removed);
            request.progress().applied().complete(removed);
            if (fillsAreFenced) {
                request.progress().settled().complete(0L);
            } else {
                later(leaseLife, () -> takeBack(set, request));
            }
            synchronized (waiting) {
                running.remove(set);
            }
            startNext();
        });
    }

    private void takeBack(Wide set, Waiting request) {
        set.takeBack(store, request.cause().fence()).whenComplete((removed, failure) -> {
            if (failure == null) {
                request.progress().settled().complete(removed);
            } else {
                later(RETRY, () -> takeBack(set, request));
            }
        });
    }

    private void later(Duration delay, Runnable step) {
        var unused = timer.schedule(step, delay.toMillis(), TimeUnit.MILLISECONDS);
    }
}
