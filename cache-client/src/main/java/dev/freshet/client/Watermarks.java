package dev.freshet.client;

import dev.freshet.model.Watermark;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * What was last read of the watermark over one connection. A watermark speaks for what is read from that Redis after it:
 * changes before it were applied when it was written. So one that was read earlier only tells less. Thread-safe.
 */
final class Watermarks {

    /** Remembered no longer than this: behind a proxy another Redis may have taken over, with less, and nobody told. */
    static final Duration LIFE = Duration.ofSeconds(1);

    private final LongSupplier nanos;
    private volatile long losses;
    private volatile Optional<Known> newest = Optional.empty();
    private Optional<CompletableFuture<Optional<Known>>> asking = Optional.empty();

    /** A watermark, with when it was asked for, and over which connection. */
    final class Known {
        private final Watermark watermark;
        private final long askedNanos;
        private final long connection;

        private Known(Watermark watermark, long askedNanos, long connection) {
            this.watermark = watermark;
            this.askedNanos = askedNanos;
            this.connection = connection;
        }

        Watermark watermark() {
            return watermark;
        }

        /** Whether the connection still stands: another may lead to a Redis that has less. */
        boolean holds() {
            return connection == losses;
        }
    }

    Watermarks(LongSupplier nanos) {
        this.nanos = nanos;
    }

    /**
     * Asks for what comes with its watermark, as where several servers hold the keys: it speaks for nothing that is read later,
     * so it is not remembered. Fails as the question does.
     */
    <T> CompletableFuture<Told<T>> askWith(
            Supplier<CompletableFuture<T>> question, Function<T, Optional<Watermark>> watermark) {
        long connection = losses;
        long sent = nanos.getAsLong();
        return question.get()
                .thenApply(told ->
                        new Told<>(told, watermark.apply(told).map(known -> new Known(known, sent, connection))));
    }

    /** What came with its watermark. */
    record Told<T>(T values, Optional<Known> known) {}

    Optional<Known> remembered() {
        return newest.filter(known -> known.holds() && nanos.getAsLong() - known.askedNanos < LIFE.toNanos());
    }

    /** Asks, unless somebody is asking: then that answer serves. Fails as the question does. */
    CompletableFuture<Optional<Known>> ask(Supplier<CompletableFuture<Optional<Watermark>>> question) {
        CompletableFuture<Optional<Known>> answer;
        long connection;
        synchronized (this) {
            if (asking.isPresent()) {
                return asking.get();
            }
            answer = new CompletableFuture<>();
            asking = Optional.of(answer);
            connection = losses;
        }
        long sent = nanos.getAsLong();
        var unused = question.get().whenComplete((told, failure) -> {
            Optional<Known> known =
                    failure == null ? told.map(watermark -> new Known(watermark, sent, connection)) : Optional.empty();
            synchronized (this) {
                asking = Optional.empty();
                newest = known;
            }
            if (failure == null) {
                answer.complete(known);
            } else {
                answer.completeExceptionally(failure);
            }
        });
        return answer;
    }

    /** The connection was lost. */
    synchronized void lost() {
        losses++;
    }
}
