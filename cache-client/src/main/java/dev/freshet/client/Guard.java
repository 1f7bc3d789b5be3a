package dev.freshet.client;

import dev.freshet.redis.CacheUnavailableException;
import dev.freshet.redis.RedisReadStore;
import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Asks Redis, unless it has failed too often of late. Thread-safe. */
final class Guard {

    private final CircuitBreaker breaker;

    Guard(CircuitBreaker breaker) {
        this.breaker = breaker;
    }

    /** The answer, or a failure: of Redis, or at once because the breaker is open. */
    <T> CompletableFuture<T> ask(Supplier<CompletionStage<T>> question) {
        if (!breaker.tryAcquirePermission()) {
            return CompletableFuture.failedFuture(CallNotPermittedException.createCallNotPermittedException(breaker));
        }
        long began = System.nanoTime();
        CompletionStage<T> asked;
        try {
            asked = question.get();
        } catch (RuntimeException e) {
            breaker.releasePermission();
            return CompletableFuture.failedFuture(e);
        }
        return asked.toCompletableFuture().whenComplete((answer, failure) -> {
            long took = System.nanoTime() - began;
            if (failure == null || !unavailable(failure)) {
                breaker.onSuccess(took, TimeUnit.NANOSECONDS);
            } else {
                breaker.onError(took, TimeUnit.NANOSECONDS, failure);
            }
        });
    }

    /** A key of a foreign type, or one that is no text, says nothing of Redis. */
    private static boolean unavailable(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof CacheUnavailableException) {
                return !RedisReadStore.isForeign(cause);
            }
        }
        return false;
    }
}
