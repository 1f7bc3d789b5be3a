package dev.freshet.redis;

import dev.freshet.model.KeyScan;
import io.lettuce.core.KeyScanArgs;
import io.lettuce.core.KeyScanCursor;
import io.lettuce.core.MapScanCursor;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.ScanArgs;
import io.lettuce.core.ScanCursor;
import io.lettuce.core.api.async.RedisAsyncCommands;
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

    private static final int STEP = 1000;
    private static final int REMOVED_AT_ONCE = 256;

    private final RedisAsyncCommands<byte[], byte[]> redis;
    private final KeyScan keys;
    private final Optional<KeyScan> field;

    Sweep(RedisAsyncCommands<byte[], byte[]> redis, KeyScan keys, Optional<KeyScan> field) {
        this.redis = redis;
        this.keys = keys;
        this.field = field;
    }

    CompletionStage<Long> run() {
        // A glob that can only be one key needs no walk over all of them.
        return Glob.literal(keys.glob())
                .map(key -> remove(keep(List.of(Utf8.encode(key)))))
                .orElseGet(() -> walk(this::scan, this::step));
    }

    private CompletionStage<KeyScanCursor<byte[]>> scan(ScanCursor cursor) {
        KeyScanArgs arguments = KeyScanArgs.Builder.limit(STEP);
        arguments.match(Utf8.encode(keys.glob()));
        return redis.scan(cursor, field.isPresent() ? arguments.type("hash") : arguments);
    }

    private CompletionStage<Long> step(KeyScanCursor<byte[]> found) {
        return remove(keep(found.getKeys()));
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

    private CompletionStage<Long> remove(List<byte[]> found) {
        return field.map(fields -> oneByOne(found.iterator(), key -> removeFields(key, fields), 0))
                .orElseGet(() -> inBatches(found, redis::unlink));
    }

    private CompletionStage<Long> removeFields(byte[] key, KeyScan fields) {
        ScanArgs arguments = ScanArgs.Builder.limit(STEP).match(Utf8.encode(fields.glob()));
        Function<MapScanCursor<byte[], byte[]>, CompletionStage<Long>> step = found -> inBatches(
                found.getMap().keySet().stream()
                        .filter(name -> fields.matches(Utf8.decode(name)))
                        .toList(),
                names -> redis.hdel(key, names));
        return walk(cursor -> redis.hscan(key, cursor, arguments), step)
                .handle((removed, failure) -> {
                    if (failure == null) {
                        return CompletableFuture.completedStage(removed);
                    }
                    boolean noHash = RedisLink.cause(failure) instanceof RedisCommandExecutionException refused
                            && String.valueOf(refused.getMessage()).startsWith("WRONGTYPE");
                    // What is no hash has none of the fields.
                    return noHash ? CompletableFuture.completedStage(0L) : CompletableFuture.<Long>failedStage(failure);
                })
                .thenCompose(Function.identity());
    }

    private static CompletionStage<Long> inBatches(List<byte[]> all, Function<byte[][], CompletionStage<Long>> remove) {
        CompletionStage<Long> removed = CompletableFuture.completedStage(0L);
        for (int from = 0; from < all.size(); from += REMOVED_AT_ONCE) {
            byte[][] batch = all.subList(from, Math.min(all.size(), from + REMOVED_AT_ONCE))
                    .toArray(byte[][]::new);
            removed = removed.thenCombine(remove.apply(batch), Long::sum);
        }
        return removed;
    }

    private static CompletionStage<Long> oneByOne(
            Iterator<byte[]> all, Function<byte[], CompletionStage<Long>> remove, long sum) {
        return all.hasNext()
                ? remove.apply(all.next()).thenCompose(removed -> oneByOne(all, remove, sum + removed))
                : CompletableFuture.completedStage(sum);
    }

    /** Repeats scan and step until the cursor has come round. */
    private static <C extends ScanCursor> CompletionStage<Long> walk(
            Function<ScanCursor, CompletionStage<C>> scan, Function<C, CompletionStage<Long>> step) {
        CompletableFuture<Long> sum = new CompletableFuture<>();
        walkOn(ScanCursor.INITIAL, 0, scan, step, sum);
        return sum;
    }

    private static <C extends ScanCursor> void walkOn(
            ScanCursor from,
            long removedBefore,
            Function<ScanCursor, CompletionStage<C>> scan,
            Function<C, CompletionStage<Long>> step,
            CompletableFuture<Long> sum) {
        scan.apply(from)
                .thenCompose(found -> step.apply(found).thenApply(removed -> {
                    long removedNow = removedBefore + removed;
                    if (found.isFinished()) {
                        sum.complete(removedNow);
                    } else {
                        walkOn(found, removedNow, scan, step, sum);
                    }
                    return removedNow;
                }))
                .whenComplete((done, failure) -> {
                    if (failure != null) {
                        sum.completeExceptionally(failure);
                    }
                });
    }
}
