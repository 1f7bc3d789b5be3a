package dev.freshet.writer.mend;

import dev.freshet.model.CacheMapping;
import dev.freshet.model.config.FreshetConfig;
import dev.freshet.redis.CacheStore;
import dev.freshet.writer.apply.CacheRules;
import dev.freshet.writer.apply.ChangeApplier;
import dev.freshet.writer.apply.Removal;
import dev.freshet.writer.metrics.WriterMetrics;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Predicate;

/**
 * Removes every entry of mapped caches, as at a gap; beside running writers, or without any. Fills of these caches are
 * refused for the fence window, and their refreshes delete for two. Thread-confined.
 */
public final class Flush implements AutoCloseable {

    private final ScheduledExecutorService timer = DaemonTimer.named("freshet-flush");
    private final ChangeApplier applier;

    /** @param store stays the caller's to close, after this */
    public Flush(FreshetConfig config, CacheStore store) {
        this.applier = new ChangeApplier(
                store,
                new CacheRules(config.caches()),
                timer,
                config.writer().fenceWindow(),
                request -> {},
                WriterMetrics.none());
    }

    /** Starts; by cache name, in the file's order. */
    public Map<String, Removal> start(Predicate<CacheMapping> meant) {
        return applier.removals(meant, Optional.empty());
    }

    /** Gives up what is under way. */
    @Override
    public void close() {
        timer.shutdownNow();
    }
}
