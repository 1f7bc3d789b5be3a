package dev.freshet.redis;

import dev.freshet.model.Snapshot;
import dev.freshet.model.Watermark;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * The cache as an application reads and fills it: values are bytes, and what stands at a key is the value and nothing
 * else. Thread-safe; every stage completes within the store's time limit, exceptionally with
 * {@link CacheUnavailableException} where Redis did not answer as it should.
 */
public interface ReadStore extends AutoCloseable {

    /** What a reader that missed may do. */
    sealed interface Ticket {

        /** Load and fill, within the lease's life; then fill or release. */
        record Granted(String token) implements Ticket {}

        /** A value came meanwhile. */
        record Present() implements Ticket {}

        /**
         * Somebody else loads.
         *
         * @param woken completes when that one is done, with whether there is a value now. It may never complete: wait
         *     for a bounded time, then {@link ReadStore#stopWaiting}
         */
        record Waiting(CompletableFuture<Boolean> woken) implements Ticket {}

        /** Something that is no text stands at the key: it is not ours, and is neither read nor replaced. */
        record Foreign() implements Ticket {}
    }

    /** What became of a fill. */
    enum Filled {
        STORED,
        /** The lease had ended, or a change had voided it. */
        LEASE_GONE,
        /** A change that the snapshot has not seen fences the key, a pattern that it matches, or one of its tags. */
        FENCED,
        /** The writers' patterns have changed since they were read; the next fill knows them. */
        PATTERNS_CHANGED,
        /** A fence of the writers may end before a lease does. */
        WINDOW_TOO_SHORT,
        /** The key belongs to a cache with {@code safe-fills: false}. */
        NOT_FENCED_HERE
    }

    /**
     * A value to be stored, all but the value.
     *
     * @param snapshot of the primary, taken after the lease was granted, or shared and older, but before the load began
     * @param ttl of the value
     * @param tags to file the key under
     */
    record Fill(String key, String token, Snapshot snapshot, Duration ttl, List<String> tags) {
        public Fill {
            tags = List.copyOf(tags);
        }
    }

    /**
     * Values, and a watermark that speaks for all of them.
     *
     * @param values in the order of the keys that were asked for
     */
    record Attested(Optional<Watermark> watermark, List<Optional<byte[]>> values) {
        public Attested {
            values = List.copyOf(values);
        }
    }

    CompletionStage<Optional<byte[]>> get(String key);

    /** The values of all keys, in their order; in one command where there is one server. */
    CompletionStage<List<Optional<byte[]>>> getAll(List<String> keys);

    /**
     * Whether one server holds all keys: then a {@link #watermark} speaks for all that is read afterwards. Else each key's server has
     * one of its own, and {@link #attested} asks it.
     */
    boolean isOneServer();

    /**
     * How far the pipeline's changes are applied: what is read here afterwards lacks none of them. Empty: nothing is known, as
     * always where there are several servers.
     */
    CompletionStage<Optional<Watermark>> watermark(String pipeline);

    /**
     * Reads values, and before each, over the same connection, the watermark of the server that holds it; of several the oldest.
     * Without one where slots have moved, and it is not known yet where to.
     */
    CompletionStage<Attested> attested(String pipeline, List<String> keys);

    /** Asks, after a miss, for the right to load and fill (rule 7). */
    CompletionStage<Ticket> lease(String key);

    /** Asks for each key, in one round trip; the tickets stand in the keys' order. */
    CompletionStage<List<Ticket>> leaseAll(List<String> keys);

    void stopWaiting(String key, Ticket.Waiting ticket);

    /** Stores the value if the lease stands and no fence refuses (rule 10); ends the lease in every case. */
    CompletionStage<Filled> fill(Fill fill, byte[] value);

    /** Gives a lease back without filling, if it still stands. */
    CompletionStage<Void> release(String key, String token);

    /** Removes what cannot be read. */
    CompletionStage<Void> remove(String key);

    /**
     * Removes keys and voids their leases, for a change that every new snapshot sees already.
     *
     * @return how many stood
     */
    CompletionStage<Long> drop(List<String> keys);

    /**
     * Does the same to all keys that are filed under a tag, and refuses loads under it that may have begun before.
     *
     * @param now a snapshot that sees the change
     * @return how many stood
     */
    CompletionStage<Long> dropTag(String tag, Snapshot now);

    /** Keeps tags from being evicted as unused (rule 17). */
    CompletionStage<Void> touch(List<String> tags);

    @Override
    void close();
}
