package dev.freshet.redis;

import dev.freshet.model.KeyScan;
import io.lettuce.core.KeyScanArgs;
import io.lettuce.core.KeyScanCursor;
import io.lettuce.core.MapScanCursor;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.ScanArgs;
import io.lettuce.core.ScanCursor;
import io.lettuce.core.api.async.RedisAsyncCommands;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
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

    private final RedisAsyncCommands<byte[], byte[]> redis;
    private final KeyScan keys;
    private final boolean hashesOnly;
    private final Function<List<byte[]>, CompletionStage<Long>> remove;

    private Sweep(
            RedisAsyncCommands<byte[], byte[]> redis,
            KeyScan keys,
            boolean hashesOnly,
            Function<List<byte[]>, CompletionStage<Long>> remove) {
        this.redis = redis;
        this.keys = keys;
        this.hashesOnly = hashesOnly;
        this.remove = remove;
    }

    /** Removes the keys, or the fields of the hashes. */
    static Sweep removing(RedisAsyncCommands<byte[], byte[]> redis, KeyScan keys, Optional<KeyScan> field) {
        return field.map(fields -> new Sweep(
                        redis,
                        keys,
                        true,
                        found -> oneByOne(found.iterator(), key -> removeFields(redis, key, fields), 0)))
                .orElseGet(() -> new Sweep(
                        redis,
                        keys,
                        false,
                        found -> Walk.inBatches(found, batch -> redis.unlink(batch.toArray(byte[][]::new)))));
    }

    /** Hands the keys to {@code remove}, which knows which of them are to go. */
    static Sweep takingBack(
            RedisAsyncCommands<byte[], byte[]> redis,
            KeyScan keys,
            Function<List<String>, CompletionStage<Long>> remove) {
        return new Sweep(redis, keys, false, found -> Walk.inBatches(texts(found), remove));
    }

    /** What is no text was never filled by a client that keeps entries. */
    private static List<String> texts(List<byte[]> found) {
        return found.stream()
                .filter(bytes -> Arrays.equals(bytes, Utf8.decode(bytes).getBytes(StandardCharsets.UTF_8)))
                .map(Utf8::decode)
                .toList();
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
        return redis.scan(cursor, hashesOnly ? arguments.type("hash") : arguments);
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
            RedisAsyncCommands<byte[], byte[]> redis, byte[] key, KeyScan fields) {
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
