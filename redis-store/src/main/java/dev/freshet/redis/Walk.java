package dev.freshet.redis;

import io.lettuce.core.ScanCursor;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** Walks over something large in Redis, one bounded step after the other, so that Redis answers others in between. */
final class Walk {

    /** How many elements a scan is asked for. */
    static final int STEP = 1000;

    /** Few enough to take Redis about a millisecond. */
    private static final int REMOVED_AT_ONCE = 256;

    private Walk() {}

    /** Repeats scan and step until the cursor has come round. */
    static <C extends ScanCursor> CompletionStage<Long> over(
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

    /** Sends all of one step's batches without waiting in between. */
    static <T> CompletionStage<Long> inBatches(List<T> all, Function<List<T>, CompletionStage<Long>> remove) {
        CompletionStage<Long> removed = CompletableFuture.completedStage(0L);
        for (int from = 0; from < all.size(); from += REMOVED_AT_ONCE) {
            List<T> batch = all.subList(from, Math.min(all.size(), from + REMOVED_AT_ONCE));
            removed = removed.thenCombine(remove.apply(batch), Long::sum);
        }
        return removed;
    }
}
