package dev.freshet.client;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** One way to load a value, whichever kind of loader it is. Its methods are called on the read's executor. */
abstract class Load<T> {

    /** How long to wait for a snapshot; without one, what is loaded is not stored. */
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    /** Whether this thread is inside a loader: what it reads through the cache then must wait for no other read. */
    private static final ThreadLocal<Integer> DEPTH = ThreadLocal.withInitial(() -> 0);

    /** Loads a value that will not be cached. */
    abstract CompletionStage<Optional<T>> value();

    /** Loads at a snapshot taken now or later, if one can be had. */
    abstract CompletionStage<Loaded<T>> checked(SharedSnapshots snapshots, Executor executor);

    static boolean withinLoader() {
        return DEPTH.get() > 0;
    }

    @SuppressWarnings("unchecked")
    static <T> Load<T> of(Loader<T, ?> loader, BooleanSupplier inTransaction) {
        return loader instanceof JdbcLoader<?> jdbc
                ? new Jdbc<>((JdbcLoader<T>) jdbc)
                : new Plain<>(() -> call(loader::load), inTransaction);
    }

    static <T> Load<T> of(AsyncLoader<T> loader, BooleanSupplier inTransaction) {
        return new Plain<>(loader, inTransaction);
    }

    private static <V> CompletionStage<V> call(Callable<V> loader) {
        try {
            return CompletableFuture.completedStage(calling(loader));
        } catch (Exception | Error e) {
            return CompletableFuture.failedStage(e);
        }
    }

    /** Calls a loader on this thread. */
    static <V> V calling(Callable<V> loader) throws Exception {
        DEPTH.set(DEPTH.get() + 1);
        try {
            return Objects.requireNonNull(loader.call(), "a loader returned null: what is missing is empty");
        } finally {
            DEPTH.set(DEPTH.get() - 1);
        }
    }

    /** A loader of which nothing is known: the snapshot is shared with others. */
    private static final class Plain<T> extends Load<T> {
        private final AsyncLoader<T> loader;
        private final BooleanSupplier inTransaction;

        Plain(AsyncLoader<T> loader, BooleanSupplier inTransaction) {
            this.loader = loader;
            this.inTransaction = inTransaction;
        }

        @Override
        CompletionStage<Optional<T>> value() {
            try {
                return calling(loader::load);
            } catch (Exception | Error e) {
                return CompletableFuture.failedStage(e);
            }
        }

        @Override
        CompletionStage<Loaded<T>> checked(SharedSnapshots snapshots, Executor executor) {
            if (inTransaction.getAsBoolean()) {
                return value().thenApply(value -> new Loaded<>(value, Optional.empty()));
            }
            return snapshots
                    .take(executor)
                    .copy()
                    .orTimeout(PATIENCE.toNanos(), TimeUnit.NANOSECONDS)
                    .exceptionally(failure -> Optional.empty())
                    .thenComposeAsync(snapshot -> value().thenApply(value -> new Loaded<>(value, snapshot)), executor);
        }
    }

    /** A loader that looks for itself. */
    private static final class Jdbc<T> extends Load<T> {
        private final JdbcLoader<T> loader;

        Jdbc(JdbcLoader<T> loader) {
            this.loader = loader;
        }

        @Override
        CompletionStage<Optional<T>> value() {
            return call(loader::load);
        }

        @Override
        CompletionStage<Loaded<T>> checked(SharedSnapshots snapshots, Executor executor) {
            return call(loader::loadChecked);
        }
    }
}
