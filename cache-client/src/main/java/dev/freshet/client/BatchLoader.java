package dev.freshet.client;

import java.util.Map;
import java.util.Set;

/** Loads several values from the source at once; else as {@link Loader}. */
@FunctionalInterface
public interface BatchLoader<T, X extends Exception> {

    /** The values by key; a key without one has no value. */
    Map<String, T> load(Set<String> keys) throws X;
}
