package dev.freshet.redis;

import dev.freshet.redis.ReadStore.Attested;
import dev.freshet.redis.ReadStore.Fill;
import dev.freshet.redis.ReadStore.Filled;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** What a reader asks that concerns more than one key. Thread-safe. */
interface ServerReads {

    /** The published patterns, as {@code read_patterns.lua} answers. */
    CompletionStage<List<Object>> patterns(RedisClusterAsyncCommands<byte[], byte[]> redis);

    /** Fills, or gives the lease back. */
    CompletionStage<Filled> fill(
            RedisClusterAsyncCommands<byte[], byte[]> redis, Fill fill, PublishedPatterns.Known known, byte[] value);

    /** Removes keys and voids their leases; returns how many stood. */
    CompletionStage<Long> drop(RedisClusterAsyncCommands<byte[], byte[]> redis, List<String> keys);

    /** Values, and before each the watermark of the server that holds it. */
    CompletionStage<Attested> attested(
            RedisClusterAsyncCommands<byte[], byte[]> redis, String pipeline, List<String> keys);

    /** What {@code fill.lua} answered. */
    static Filled filled(long answer) {
        if (answer == 1) {
            return Filled.STORED;
        } else if (answer == 0) {
            return Filled.LEASE_GONE;
        }
        return answer == -1 ? Filled.FENCED : Filled.PATTERNS_CHANGED;
    }
}
