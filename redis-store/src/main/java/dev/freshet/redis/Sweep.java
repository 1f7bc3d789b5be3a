package dev.freshet.redis;

import dev.freshet.model.KeyScan;
import io.lettuce.core.KeyScanArgs;
import io.lettuce.core.KeyScanCursor;
import io.lettuce.core.MapScanCursor;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.ScanArgs;
import io.lettuce.core.ScanCursor;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * A walk over the keyspace that removes what a scan means, one bounded step after the other. Keys stay the bytes that
 * Redis gave; their text serves for matching only. Used for one walk; its steps follow each other on Lettuce's threads.
 */
final class Sweep {

    private static final String LEASE = RedisLayout.PREFIX + "lease:{";

    private final RedisClusterAsyncCommands<byte[], byte[]> scanned;
    private final KeyScan keys;
    private final boolean hashesOnly;
    private final Function<List<byte[]>, CompletionStage<Long>> remove;

    private Sweep(
            RedisClusterAsyncCommands<byte[], byte[]> scanned,
            KeyScan keys,
            boolean hashesOnly,
            Function<List<byte[]>, CompletionStage<Long>> remove) {
        this.scanned = scanned;
        this.keys = keys;
        this.hashesOnly = hashesOnly;
        this.remove = remove;
    }

    /** Removes the keys, or the fields of the hashes. */
    static Sweep removing(RedisClusterAsyncCommands<byte[], byte[]> redis, KeyScan keys, Optional<KeyScan> field) {
        return removing(redis, keys, field, redis, redis::unlink);
    }

    private static Sweep removing(
            RedisClusterAsyncCommands<byte[], byte[]> scanned,
            KeyScan keys,
            Optional<KeyScan> field,
            RedisClusterAsyncCommands<byte[], byte[]> redis,
            Function<byte[][], CompletionStage<Long>> unlink) {
        return field.map(fields -> new Sweep(
                        scanned,
                        keys,
                        true,
                        found -> oneByOne(found.iterator(), key -> removeFields(redis, key, fields), 0)))
                .orElseGet(() -> new Sweep(
                        scanned,
                        keys,
                        false,
                        found -> Walk.inBatches(found, batch -> unlink.apply(batch.toArray(byte[][]::new)))));
    }

    /**
     * The same in a cluster, where a fill looks at fences of other slots before it stores: the leases of the keys go first,
     * on all primaries, and only then the keys. A fill that looked before the fence stood had its lease then; so the first
     * walk ends it, or it has stored by the end of that walk and the second finds the value.
     */
    static CompletionStage<Long> removingFromCluster(
            RedisClusterAsyncCommands<byte[], byte[]> redis, KeyScan keys, Optional<KeyScan> field) {
        Optional<String> one = Glob.literal(keys.glob());
        if (one.isPresent()) {
            return redis.unlink(Utf8.encode(RedisLayout.lease(one.get())))
                    .thenCompose(ended -> field.isEmpty()
                            ? removing(redis, keys, field).run()
                            // A cursor of HSCAN means nothing at the server that the hash has moved to.
                            : ClusterWalk.over(
                                    redis,
                                    primary -> removing(redis, keys, field).run()));
        }
        Function<byte[][], CompletionStage<Long>> unlink = names -> oneEach(redis, names);
        return ClusterWalk.over(redis, primary -> endLeases(redis, primary, keys))
                .thenCompose(ended -> ClusterWalk.over(
                        redis,
                        primary -> removing(primary, keys, field, redis, unlink).run()));
    }

    private static CompletionStage<Long> endLeases(
            RedisClusterAsyncCommands<byte[], byte[]> redis,
            RedisClusterAsyncCommands<byte[], byte[]> primary,
            KeyScan keys) {
        KeyScanArgs arguments = KeyScanArgs.Builder.limit(Walk.STEP);
        arguments.match(Utf8.encode(LEASE + "*}:" + keys.glob()));
        return Walk.over(
                cursor -> primary.scan(cursor, arguments),
                found -> oneEach(
                        redis,
                        found.getKeys().stream()
                                .filter(lease -> keys.matches(leased(Utf8.decode(lease))))
                                .toArray(byte[][]::new)));
    }

    /** The key that a lease is for; what puts it into its slot holds no closing brace. */
    private static String leased(String lease) {
        return lease.substring(lease.indexOf("}:", LEASE.length()) + 2);
    }

    /** A command for each key needs no others of its slot to be there, while that is open. */
    private static CompletionStage<Long> oneEach(RedisClusterAsyncCommands<byte[], byte[]> redis, byte[][] keys) {
        CompletionStage<Long> removed = CompletableFuture.completedStage(0L);
        for (byte[] key : keys) {
            removed = removed.thenCombine(redis.unlink(key), Long::sum);
        }
        return removed;
    }

    /** Hands the keys to {@code remove}, which knows which of them are to go. */
    static Sweep takingBack(
            RedisClusterAsyncCommands<byte[], byte[]> scanned,
            KeyScan keys,
            Function<List<String>, CompletionStage<Long>> remove) {
        return new Sweep(scanned, keys, false, found -> Walk.inBatches(texts(found), remove));
    }

    /** What is no text was never filled by a client that keeps entries. */
    private static List<String> texts(List<byte[]> found) {
        return found.stream().filter(Utf8::isText).map(Utf8::decode).toList();
    }

    CompletionStage<Long> run() {
        // A glob that can only be one key needs no walk over all of them.
        return Glob.literal(keys.glob())
                .map(key -> remove.apply(keep(List.of(Utf8.encode(key)))))
                .orElseGet(() -> Walk.over(this::scan, found -> remove.apply(keep(found.getKeys()))));
    }

    private CompletionStage<KeyScanCursor<byte[]>> scan(ScanCursor cursor) {
        KeyScanArgs arguments = KeyScanArgs.Builder.limit(Walk.STEP);
        arguments.match(Utf8.encode(keys.glob()));
        return scanned.scan(cursor, hashesOnly ? arguments.type("hash") : arguments);
    }

    private List<byte[]> keep(Collection<byte[]> found) {
        boolean own = keys.glob().startsWith(RedisLayout.PREFIX);
        return found.stream()
                .filter(bytes -> {
                    String key = Utf8.decode(bytes);
                    return (own || !key.startsWith(RedisLayout.PREFIX)) && keys.matches(key);
                })
                .toList();
    }

    private static CompletionStage<Long> removeFields(
            RedisClusterAsyncCommands<byte[], byte[]> redis, byte[] key, KeyScan fields) {
        ScanArgs arguments = ScanArgs.Builder.limit(Walk.STEP).match(Utf8.encode(fields.glob()));
        Function<MapScanCursor<byte[], byte[]>, CompletionStage<Long>> step = found -> Walk.inBatches(
                found.getMap().keySet().stream()
                        .filter(name -> fields.matches(Utf8.decode(name)))
                        .toList(),
                names -> redis.hdel(key, names.toArray(byte[][]::new)));
        return Walk.over(cursor -> redis.hscan(key, cursor, arguments), step).exceptionallyCompose(failure -> {
            boolean noHash = RedisLink.cause(failure) instanceof RedisCommandExecutionException refused
                    && String.valueOf(refused.getMessage()).startsWith("WRONGTYPE");
            // What is no hash has none of the fields.
            return noHash ? CompletableFuture.completedStage(0L) : CompletableFuture.failedStage(failure);
        });
    }

    private static CompletionStage<Long> oneByOne(
            Iterator<byte[]> all, Function<byte[], CompletionStage<Long>> remove, long sum) {
        return all.hasNext()
                ? remove.apply(all.next()).thenCompose(removed -> oneByOne(all, remove, sum + removed))
                : CompletableFuture.completedStage(sum);
    }
}
