package dev.freshet.client;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the source's clock shows at most. It was asked once in a while; since then as much time has passed as the local
 * clock counted from <em>before</em> the question was sent. So a watermark's age comes out too high by up to a round trip,
 * never too low. A source that does not tell its time is taken to have this machine's. Thread-safe.
 */
final class SourceClock {

    static final Duration LIFE = Duration.ofSeconds(30);

    /** By which part of the time passed two clocks may differ, at most: twice what a clock is slewed by. */
    private static final int DRIFT = 1000;

    /** A question that took longer, such as one that had to connect first, is asked again. */
    private static final Duration LONG = Duration.ofMillis(20);

    private static final int ATTEMPTS = 3;

    /** Between a question that failed and the next. */
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private static final Logger LOG = LoggerFactory.getLogger(SourceClock.class);

    private final SnapshotSource source;
    private final LongSupplier nanos;
    private final InstantSource own;
    private long askedNanos;
    private volatile Optional<Sample> sample = Optional.empty();
    private Optional<CompletableFuture<Void>> asking = Optional.empty();

    /** @param told empty: the source does not tell its time */
    private record Sample(long sentNanos, long tookNanos, Optional<Instant> told) {}

    SourceClock(SnapshotSource source, LongSupplier nanos, InstantSource own) {
        this.source = source;
        this.nanos = nanos;
        this.own = own;
    }

    /** Completes when {@link #latest} tells a time, or when the source could not be asked; never exceptionally. */
    CompletableFuture<Void> ready(Executor executor) {
        CompletableFuture<Void> asked;
        boolean known;
        synchronized (this) {
            known = sample.isPresent();
            long now = nanos.getAsLong();
            if (known && (now - sample.get().sentNanos() < LIFE.toNanos() || now - askedNanos < PAUSE.toNanos())) {
                return CompletableFuture.completedFuture(null);
            }
            if (asking.isPresent()) {
                return known ? CompletableFuture.completedFuture(null) : asking.get();
            }
            asked = new CompletableFuture<>();
            asking = Optional.of(asked);
            askedNanos = now;
        }
        try {
            executor.execute(() -> ask(asked));
        } catch (RuntimeException rejected) {
            end(Optional.empty(), asked);
        }
        return known ? CompletableFuture.completedFuture(null) : asked;
    }

    private void ask(CompletableFuture<Void> asked) {
        Optional<Sample> best = Optional.empty();
        try {
            for (int i = 0; i < ATTEMPTS; i++) {
                long sent = nanos.getAsLong();
                Sample next = new Sample(sent, 0, source.time());
                long took = nanos.getAsLong() - sent;
                if (best.isEmpty() || took < best.get().tookNanos()) {
                    best = Optional.of(new Sample(sent, took, next.told()));
                }
                if (took < LONG.toNanos()) {
                    break;
                }
            }
        } catch (Exception e) {
            LOG.debug("The source does not tell its time: an old answer serves, and without one nothing is fresh", e);
        } finally {
            end(best, asked);
        }
    }

    private void end(Optional<Sample> told, CompletableFuture<Void> asked) {
        synchronized (this) {
            asking = Optional.empty();
            sample = told.or(() -> sample);
        }
        asked.complete(null);
    }

    /** Empty where the source has not been asked yet. */
    Optional<Instant> latest() {
        return sample.map(known -> known.told()
                .map(told -> {
                    long passed = nanos.getAsLong() - known.sentNanos();
                    return told.plusNanos(passed + passed / DRIFT);
                })
                .orElseGet(own::instant));
    }

    /** The clock was found to be wrong: it must have been set forward at the source. It is asked again. */
    synchronized void distrust() {
        sample = sample.filter(known -> known.told().isEmpty());
    }
}
