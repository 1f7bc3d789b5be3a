package dev.freshet.client;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** One miss under way in this process, which others may join. Thread-safe. */
final class Flight<T> {

    /** How a flight ended. */
    sealed interface End<T> {

        /** Redis took the value, after everybody who joined had joined: it is good for all of them. */
        record Stored<T>(Optional<T> value) implements End<T> {}

        /** A value that was not stored: good for those who joined before its load began. */
        record Loaded<T>(Optional<T> value) implements End<T> {}

        /** The load failed. */
        record Failed<T>(Throwable failure) implements End<T> {}

        /** There may be a value in Redis. */
        record InRedis<T>() implements End<T> {}
    }

    private final CompletableFuture<End<T>> end = new CompletableFuture<>();
    private final boolean bypasses;
    private boolean loading;

    /** @param bypasses whether Redis is passed over */
    Flight(boolean bypasses) {
        this.bypasses = bypasses;
    }

    boolean bypasses() {
        return bypasses;
    }

    /** Whether the load had not begun yet: whatever it will read is as new as if it were read for the one who joins. */
    synchronized boolean join() {
        return !loading;
    }

    synchronized void loading() {
        loading = true;
    }

    CompletableFuture<End<T>> end() {
        return end;
    }
}
