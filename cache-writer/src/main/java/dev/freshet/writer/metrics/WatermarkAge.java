package dev.freshet.writer.metrics;

import dev.freshet.model.SourceClock;
import dev.freshet.model.Watermark;
import dev.freshet.redis.WatermarkStore;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** How stale the caches can be, as Redis tells it to everybody. Thread-safe. */
public final class WatermarkAge {

    private final WatermarkStore store;
    private final String pipeline;
    private final SourceClock clock;
    private volatile Optional<Watermark> latest = Optional.empty();
    private CompletableFuture<Optional<Watermark>> asked = CompletableFuture.completedFuture(Optional.empty());

    public WatermarkAge(MeterRegistry meters, WatermarkStore store, String pipeline, SourceClock clock) {
        this.store = store;
        this.pipeline = pipeline;
        this.clock = clock;
        Gauge.builder("freshet.watermark.age.seconds", this, WatermarkAge::seconds)
                .description("How stale the caches can be")
                .strongReference(true)
                .register(meters);
        Gauge.builder("freshet.watermark.timestamp.seconds", this, WatermarkAge::timestamp)
                .description("Every change before then is applied")
                .strongReference(true)
                .register(meters);
    }

    /** Asks Redis, unless it is still being asked. Does not block. Where Redis does not reply, what it said last gets old. */
    public synchronized void measure() {
        if (asked.isDone()) {
            asked = store.watermark(pipeline).toCompletableFuture();
            var unused = asked.thenAccept(told -> latest = told);
        }
    }

    private double seconds() {
        return latest.map(watermark -> clock.since(watermark.sourceTime()).toNanos() / 1e9)
                .orElse(Double.NaN);
    }

    private double timestamp() {
        return latest.map(Watermark::sourceTime).map(WatermarkAge::unix).orElse(Double.NaN);
    }

    private static double unix(Instant time) {
        return time.getEpochSecond() + time.getNano() / 1e9;
    }
}
