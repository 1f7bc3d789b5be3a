package dev.freshet.writer.metrics;

import dev.freshet.model.SourceClock;
import dev.freshet.redis.CacheStore.Outcome;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;

/** The numbers of one cache. Thread-safe. */
public final class CacheMetrics {

    private final SourceClock clock;
    private final Timer commitToRedis;
    private final Timer query;
    private final Counter deleted;
    private final Counter absent;
    private final Counter refreshed;
    private final Counter older;
    private final Counter kept;
    private final Counter coalesced;
    private final Counter sweeps;
    private final Map<Rebuilt, Counter> rebuilds = new EnumMap<>(Rebuilt.class);

    CacheMetrics(MeterRegistry meters, SourceClock clock, String cache) {
        this.clock = clock;
        this.commitToRedis = Buckets.ofAPipeline("freshet.writer.commit.to.redis")
                .description("From a change's commit to Redis's reply")
                .tag("cache", cache)
                .register(meters);
        this.query = Buckets.ofACall("freshet.writer.query")
                .description("A query's time on the source")
                .tag("cache", cache)
                .register(meters);
        this.deleted = keys(meters, cache, "deleted");
        this.absent = keys(meters, cache, "absent");
        this.refreshed = keys(meters, cache, "refreshed");
        this.older = keys(meters, cache, "older");
        this.kept = keys(meters, cache, "kept");
        this.coalesced = Counter.builder("freshet.writer.coalesced")
                .description("Changes that found their key changed by the same batch already")
                .tag("cache", cache)
                .register(meters);
        this.sweeps = Counter.builder("freshet.writer.sweeps")
                .description("Sets of keys removed")
                .tag("cache", cache)
                .register(meters);
        for (Rebuilt result : Rebuilt.values()) {
            rebuilds.put(
                    result,
                    Counter.builder("freshet.writer.rebuilds")
                            .description("Entries to be rebuilt by query")
                            .tag("cache", cache)
                            .tag("result", result.label())
                            .register(meters));
        }
    }

    private static Counter keys(MeterRegistry meters, String cache, String result) {
        return Counter.builder("freshet.writer.keys")
                .description("Keys, or fields of hashes, by what became of them")
                .tag("cache", cache)
                .tag("result", result)
                .register(meters);
    }

    /** Redis has applied a change that was committed then. */
    public void applied(Instant committed) {
        commitToRedis.record(clock.since(committed));
    }

    /**
     * Redis has replied to commands.
     *
     * @param removals how many of them were to remove something
     */
    public void keys(Outcome outcome, int removals) {
        deleted.increment(outcome.removed());
        absent.increment(Math.max(0, removals - outcome.removed()));
        refreshed.increment(outcome.stored());
        older.increment(outcome.deletedInDoubt());
        kept.increment(outcome.kept());
    }

    /** A set of keys was removed. */
    public void swept(long removed) {
        sweeps.increment();
        deleted.increment((double) removed);
    }

    /** So many changes needed no command of their own. */
    public void coalesced(int changes) {
        coalesced.increment(changes);
    }

    public void queried(Duration time) {
        query.record(time);
    }

    public void rebuilt(Rebuilt result) {
        Counter counter = rebuilds.get(result);
        if (counter != null) {
            counter.increment();
        }
    }
}
