package dev.freshet.redis;

import io.lettuce.core.Limit;
import io.lettuce.core.Range;
import io.lettuce.core.ScanArgs;
import io.lettuce.core.ScoredValue;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** The invalidation of one tag. Used once; its steps follow each other on Lettuce's threads. */
final class TagInvalidation {

    private final RedisLink link;
    private final CommandScripts scripts;
    private final RedisClusterAsyncCommands<byte[], byte[]> redis;
    private final String tag;
    private final ScriptCall fence;

    /** @param fence the call that fences the tag */
    TagInvalidation(
            RedisLink link,
            CommandScripts scripts,
            RedisClusterAsyncCommands<byte[], byte[]> redis,
            String tag,
            ScriptCall fence) {
        this.link = link;
        this.scripts = scripts;
        this.redis = redis;
        this.tag = tag;
        this.fence = fence;
    }

    /** Returns how many values were removed. */
    CompletionStage<Long> run() {
        CompletionStage<Long> removed = CompletableFuture.completedStage(0L);
        for (Supplier<CompletionStage<Long>> step : steps()) {
            removed = removed.thenCompose(before -> step.get().thenApply(now -> before + now));
        }
        return removed;
    }

    /** The fence comes first: a fill that slipped in before it is filed by then, and the walk finds it (rule 15). */
    List<Supplier<CompletionStage<Long>>> steps() {
        return List.of(this::fence, this::walk);
    }

    private CompletionStage<Long> fence() {
        return link.run(redis, fence).thenApply(answer -> 0L);
    }

    private CompletionStage<Long> walk() {
        byte[] filed = Utf8.encode(RedisLayout.tag(tag));
        if (link.cluster()) {
            return new FiledKeys(redis, filed, page -> Walk.inBatches(page, this::remove)).walk();
        }
        if (link.cluster()) {
            CompletableFuture<Long> sum = new CompletableFuture<>();
            walkByScore(filed, Double.NEGATIVE_INFINITY, Walk.STEP, 0, sum);
            return sum;
        }
        ScanArgs step = ScanArgs.Builder.limit(Walk.STEP);
        return Walk.over(
                cursor -> redis.zscan(filed, cursor, step),
                found -> Walk.inBatches(
                        found.getValues().stream().map(ScoredValue::getValue).toList(), this::remove));
    }

    /**
     * A cursor means nothing to the server that the tag has moved to meanwhile. Scores only rise: no member that stands gets
     * behind the walk.
     */
    private void walkByScore(byte[] filed, double from, int step, long removedBefore, CompletableFuture<Long> sum) {
        Range<Double> rest = Range.from(Range.Boundary.including(from), Range.Boundary.unbounded());
        redis.zrangebyscoreWithScores(filed, rest, Limit.from(step))
                .thenCompose(found -> Walk.inBatches(
                                found.stream().map(ScoredValue::getValue).toList(), this::remove)
                        .thenApply(removed -> {
                            long removedNow = removedBefore + removed;
                            if (found.size() < step) {
                                sum.complete(removedNow);
                            } else {
                                double last = found.get(found.size() - 1).getScore();
                                // More of one score than a step holds: a longer one.
                                walkByScore(filed, last, last > from ? Walk.STEP : step * 2, removedNow, sum);
                            }
                            return removedNow;
                        }))
                .whenComplete((done, failure) -> {
                    if (failure != null) {
                        sum.completeExceptionally(failure);
                    }
                });
    }

    private CompletionStage<Long> remove(List<byte[]> members) {
        return link.cluster()
                ? removeBySlot(members)
                : link.run(redis, scripts.removeMembers(tag, members)).thenApply(answer -> answer.get(0));
    }

    /** A reader that looked at the tag's fence before it stood had its lease then, and has filed the key. */
    private CompletionStage<Long> removeBySlot(List<byte[]> members) {
        CompletionStage<Long> removed =
                link.run(redis, scripts.forgetMembers(tag, members.size())).thenApply(answer -> 0L);
        for (byte[] member : members) {
            if (!Utf8.isText(member)) {
                removed = removed.thenCombine(redis.unlink(member), Long::sum);
            }
        }
        List<String> keys =
                members.stream().filter(Utf8::isText).map(Utf8::decode).toList();
        for (List<String> together : SlotTag.bySlot(keys, SlotTag::slot)) {
            removed = removed.thenCombine(
                    link.run(redis, scripts.drop(together)), (before, answer) -> before + answer.get(0));
        }
        return removed;
    }
}
