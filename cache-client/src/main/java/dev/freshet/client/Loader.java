package dev.freshet.client;

import java.util.Optional;

/**
 * Loads one value from the source.
 *
 * <p>What it returns may be cached, so it must have been read after it was called, from the primary: in read committed, or
 * in a transaction begun after the call. Not from a replica, not from another cache, not in a transaction that has written.
 * Where it cannot promise that, it is better called without a cache.
 *
 * @param <X> what it may throw; the caller of the cache sees it as it was thrown
 */
@FunctionalInterface
public interface Loader<T, X extends Exception> {

    /** The value; empty where there is none. */
    Optional<T> load() throws X;
}
