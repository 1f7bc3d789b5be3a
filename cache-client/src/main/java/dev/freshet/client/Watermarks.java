package dev.freshet.client;

import dev.freshet.model.Watermark;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * What was last read of the watermark over one connection. A watermark speaks for what is read from Redis after it: changes
 * before it were applied when it was written. So one that was read earlier only tells less. Thread-safe.
 */
final class Watermarks {

    /** Remembered no longer than this: Redis may have failed over to a server that has less. */
    static final Duration LIFE = Duration.ofSeconds(1);

    private final LongSupplier nanos;
    private volatile Optional<Read> newest = Optional.empty();
    private Optional<CompletableFuture<Optional<Watermark>>> asking = Optional.empty();

    private record Read(Watermark watermark, long nanos) {}

    Watermarks(LongSupplier nanos) {
        this.nanos = nanos;
    }

    Optional<Watermark> remembered() {
        return newest.filter(known -> nanos.getAsLong() - known.nanos() < LIFE.toNanos())
                .map(Read::watermark);
    }

    /** Asks, unless somebody is asking: then that answer serves. Fails as the question does. */
    CompletableFuture<Optional<Watermark>> ask(Supplier<CompletableFuture<Optional<Watermark>>> question) {
        CompletableFuture<Optional<Watermark>> answer;
        synchronized (this) {
            if (asking.isPresent()) {
                return asking.get();
            }
            answer = new CompletableFuture<>();
            asking = Optional.of(answer);
        }
        long sent = nanos.getAsLong();
        var unused = question.get().whenComplete((told, failure) -> {
            synchronized (this) {
                asking = Optional.empty();
                newest = failure == null ? told.map(watermark -> new Read(watermark, sent)) : Optional.empty();
            }
            if (failure == null) {
                answer.complete(told);
            } else {
                answer.completeExceptionally(failure);
            }
        });
        return answer;
    }
}
