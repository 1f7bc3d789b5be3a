package dev.freshet.writer.metrics;

import dev.freshet.model.KeyScan;
import dev.freshet.model.Position;
import dev.freshet.model.Snapshot;
import dev.freshet.redis.CacheStore;
import dev.freshet.redis.Fence;
import dev.freshet.redis.FillStore;
import dev.freshet.redis.KeyCommand;
import dev.freshet.redis.Marker;
import dev.freshet.redis.MarkerStore;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/** Times what is asked of Redis, answered or not. Thread-safe; closing it closes nothing. */
public final class MeasuredStore implements CacheStore, FillStore, MarkerStore {

    private final CacheStore cache;
    private final FillStore fills;
    private final MarkerStore markers;
    private final Timer apply;
    private final Timer fence;
    private final Timer sweep;
    private final Timer takeBack;
    private final Timer tag;
    private final Timer publish;
    private final Timer mark;
    private final Timer lease;
    private final Timer fill;
    private final Timer release;

    public MeasuredStore(MeterRegistry meters, CacheStore cache, FillStore fills, MarkerStore markers) {
        this.cache = cache;
        this.fills = fills;
        this.markers = markers;
        this.apply = timer(meters, "apply");
        this.fence = timer(meters, "fence");
        this.sweep = timer(meters, "sweep");
        this.takeBack = timer(meters, "take-back");
        this.tag = timer(meters, "tag");
        this.publish = timer(meters, "publish");
        this.mark = timer(meters, "mark");
        this.lease = timer(meters, "lease");
        this.fill = timer(meters, "fill");
        this.release = timer(meters, "release");
    }

    private static Timer timer(MeterRegistry meters, String operation) {
        return Buckets.ofACall("freshet.writer.redis")
                .description("The time of a call to Redis")
                .tag("operation", operation)
                .register(meters);
    }

    private static <T> CompletionStage<T> timed(Timer timer, CompletionStage<T> call, long begin) {
        return call.whenComplete((answer, failure) -> timer.record(System.nanoTime() - begin, TimeUnit.NANOSECONDS));
    }

    @Override
    public CompletionStage<Outcome> apply(List<KeyCommand> commands) {
        long begin = System.nanoTime();
        return timed(apply, cache.apply(commands), begin);
    }

    @Override
    public CompletionStage<Void> fencePattern(String glob, Fence left, Optional<Position> position) {
        long begin = System.nanoTime();
        return timed(fence, cache.fencePattern(glob, left, position), begin);
    }

    @Override
    public CompletionStage<Long> sweep(KeyScan keys, Optional<KeyScan> field) {
        long begin = System.nanoTime();
        return timed(sweep, cache.sweep(keys, field), begin);
    }

    @Override
    public CompletionStage<Long> takeBack(KeyScan keys, Fence left) {
        long begin = System.nanoTime();
        return timed(takeBack, cache.takeBack(keys, left), begin);
    }

    @Override
    public CompletionStage<Long> invalidateTag(String name, Fence left) {
        long begin = System.nanoTime();
        return timed(tag, cache.invalidateTag(name, left), begin);
    }

    @Override
    public CompletionStage<Void> publishPatterns(
            String pipeline, Map<String, String> fenced, Map<String, String> unfenced) {
        long begin = System.nanoTime();
        return timed(publish, cache.publishPatterns(pipeline, fenced, unfenced), begin);
    }

    @Override
    public CompletionStage<Optional<String>> unfit() {
        return cache.unfit();
    }

    @Override
    public CompletionStage<Optional<String>> lease(String key, Duration life) {
        long begin = System.nanoTime();
        return timed(lease, fills.lease(key, life), begin);
    }

    @Override
    public CompletionStage<Boolean> fill(
            String key,
            String token,
            Snapshot snapshot,
            KeyCommand.Value value,
            Optional<Duration> ttl,
            List<String> patterns) {
        long begin = System.nanoTime();
        return timed(fill, fills.fill(key, token, snapshot, value, ttl, patterns), begin);
    }

    @Override
    public CompletionStage<Void> release(String key, String token) {
        long begin = System.nanoTime();
        return timed(release, fills.release(key, token), begin);
    }

    @Override
    public CompletionStage<Marker> marker(String pipeline) {
        return markers.marker(pipeline);
    }

    @Override
    public CompletionStage<Marked> mark(
            String pipeline, Marker expected, Map<String, String> fields, Replicas replicas) {
        long begin = System.nanoTime();
        return timed(mark, markers.mark(pipeline, expected, fields, replicas), begin);
    }

    @Override
    public void close() {
        // What it measures is another's to close.
    }
}
