package dev.freshet.redis;

import io.lettuce.core.ScanArgs;
import io.lettuce.core.ScoredValue;
import io.lettuce.core.api.async.RedisAsyncCommands;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** The invalidation of one tag. Used once; its steps follow each other on Lettuce's threads. */
final class TagInvalidation {

    private final RedisLink link;
    private final CommandScripts scripts;
    private final RedisAsyncCommands<byte[], byte[]> redis;
    private final String tag;
    private final ScriptCall fence;

    /** @param fence the call that fences the tag */
    TagInvalidation(
            RedisLink link,
            CommandScripts scripts,
            RedisAsyncCommands<byte[], byte[]> redis,
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
        ScanArgs step = ScanArgs.Builder.limit(Walk.STEP);
        return Walk.over(
                cursor -> redis.zscan(filed, cursor, step),
                found -> Walk.inBatches(
                        found.getValues().stream().map(ScoredValue::getValue).toList(), this::remove));
    }

    private CompletionStage<Long> remove(List<byte[]> members) {
        return link.run(redis, scripts.removeMembers(tag, members)).thenApply(answer -> answer.get(0));
    }
}
