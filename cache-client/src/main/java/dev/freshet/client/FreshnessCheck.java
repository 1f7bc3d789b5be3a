package dev.freshet.client;

import dev.freshet.redis.ReadStore;
import dev.freshet.redis.RedisTracking;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * Finds out how fresh what is cached must be, by the pipeline's watermark. The watermark must be known <em>before</em> the
 * value is read: a newer one would tell of changes that came after the value. A value of this process needs one that came
 * over the connection which told of its changes: by then each push before the watermark was heard. Thread-safe.
 */
final class FreshnessCheck {

    private final Optional<String> pipeline;
    private final ReadStore store;
    private final Guard guard;
    private final SourceClock clock;
    private final Watermarks plain;

    /** @param plain what is remembered of the store's connection */
    FreshnessCheck(Optional<String> pipeline, ReadStore store, Guard guard, SourceClock clock, Watermarks plain) {
        this.pipeline = pipeline;
        this.store = store;
        this.guard = guard;
        this.clock = clock;
        this.plain = plain;
    }

    /** @throws IllegalStateException where freshness is demanded and the cache was not told whose watermark counts */
    void requirePipeline(Freshness demand) {
        if (demand.isDemanded() && pipeline.isEmpty()) {
            throw new IllegalStateException(
                    "a read demands freshness, and this cache does not know its pipeline: name it"
                            + " with FreshCache.builder(...).pipeline(\"...\"), as freshet.yml does");
        }
    }

    /**
     * The watermark that speaks for what is read from Redis from now on; Redis is asked where the remembered one is not
     * good enough. Fails where Redis does not answer.
     */
    CompletableFuture<Optional<Watermarks.Known>> before(
            Freshness demand, Optional<RedisTracking.Session<NearCache>> session, Executor executor) {
        return clockReady(demand, executor).thenCompose(ready -> {
            Watermarks known = session.map(open -> open.near().watermarks()).orElse(plain);
            Optional<Watermarks.Known> remembered = known.remembered();
            return shortfall(demand, remembered).isEmpty()
                    ? CompletableFuture.completedFuture(remembered)
                    : known.ask(() -> guard.ask(() -> session.isPresent()
                            ? session.get().watermark(pipeline.orElseThrow())
                            : store.watermark(pipeline.orElseThrow())));
        });
    }

    /** Whether values are read together with their watermarks: by {@link #read}, and not after {@link #before}. */
    boolean readsTogether() {
        return !store.isOneServer();
    }

    /** Reads values from Redis, each with the watermark that speaks for it. Fails where Redis does not answer. */
    CompletableFuture<Watermarks.Told<ReadStore.Attested>> read(
            Freshness demand, List<String> keys, Executor executor) {
        return clockReady(demand, executor)
                .thenCompose(ready -> plain.askWith(
                        () -> guard.ask(() -> store.attested(pipeline.orElseThrow(), keys)),
                        ReadStore.Attested::watermark));
    }

    private CompletableFuture<Void> clockReady(Freshness demand, Executor executor) {
        return demand.maxStaleness().isPresent() ? clock.ready(executor) : CompletableFuture.completedFuture(null);
    }

    /**
     * What becomes of a cached value if this was known before it was read; empty: it is fresh enough. To be asked again when
     * the value is there: it is older then, and the connection may have been lost on the way.
     */
    Optional<Outcome> shortfall(Freshness demand, Optional<Watermarks.Known> known) {
        boolean covered = demand.notOlderThan()
                .map(token -> known.filter(Watermarks.Known::holds)
                        .filter(told -> told.watermark().position().covers(token.position()))
                        .isPresent())
                .orElse(true);
        if (!covered) {
            return Optional.of(Outcome.BYPASSED_TOKEN);
        }
        boolean recent = demand.maxStaleness()
                .map(limit -> staleness(known)
                        .filter(age -> age.compareTo(limit) <= 0)
                        .isPresent())
                .orElse(true);
        if (recent) {
            return Optional.empty();
        }
        return Optional.of(demand.whenStale() == Freshness.WhenStale.FLAG ? Outcome.STALE : Outcome.BYPASSED_STALENESS);
    }

    /** How long ago, at most, a change was visible that may be missing. */
    Optional<Duration> staleness(Optional<Watermarks.Known> known) {
        Optional<Watermarks.Known> told = known.filter(Watermarks.Known::holds);
        Optional<Instant> now = told.isPresent() ? clock.latest() : Optional.empty();
        if (told.isEmpty() || now.isEmpty()) {
            return Optional.empty();
        }
        Duration age = Duration.between(told.get().watermark().sourceTime(), now.get());
        if (age.isNegative()) {
            clock.distrust();
            return Optional.empty();
        }
        return Optional.of(age);
    }
}
