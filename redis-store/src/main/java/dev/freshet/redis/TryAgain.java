package dev.freshet.redis;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Puts again what a cluster did not do because a slot's keys were on the move: while a slot is open, a call with several
 * keys of which some are elsewhere or not there is answered TRYAGAIN, by nodes that have done nothing of it.
 */
final class TryAgain {

    private static final Duration FIRST_PAUSE = Duration.ofMillis(5);
    private static final Duration LONGEST_PAUSE = Duration.ofMillis(200);

    /** A slot's move takes far less, unless it was given up half way; and a call must not come late (rule 13). */
    private static final Duration LIMIT = Duration.ofSeconds(4);

    private TryAgain() {}

    static <T> CompletionStage<T> whileKeysMove(Supplier<CompletionStage<T>> attempt) {
        return put(attempt, FIRST_PAUSE, LIMIT);
    }

    private static <T> CompletionStage<T> put(Supplier<CompletionStage<T>> attempt, Duration pause, Duration left) {
        return attempt.get().exceptionallyCompose(failure -> {
            boolean moving = Refusal.asksFor(Refusal.Remedy.TRY_AGAIN, RedisLink.cause(failure));
            if (!moving || left.compareTo(pause) < 0) {
                return CompletableFuture.failedStage(failure);
            }
            Duration longer = pause.multipliedBy(2);
            return after(pause)
                    .thenCompose(now -> put(
                            attempt, longer.compareTo(LONGEST_PAUSE) < 0 ? longer : LONGEST_PAUSE, left.minus(pause)));
        });
    }

    /** Completes when the time has passed. */
    static CompletionStage<Void> after(Duration pause) {
        return CompletableFuture.runAsync(
                () -> {}, CompletableFuture.delayedExecutor(pause.toMillis(), TimeUnit.MILLISECONDS, Runnable::run));
    }
}
