package dev.freshet.client;

import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** Loads one value from the source without blocking; else as {@link Loader}. */
@FunctionalInterface
public interface AsyncLoader<T> {

    /** Completes with the value; empty where there is none. */
    CompletionStage<Optional<T>> load();
}
