package dev.freshet.redis;

import dev.freshet.model.Snapshot;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;

/**
 * The fences of a fill that stand in other cluster slots than its key: to be asked under the lease, after the load and before the
 * fill. The writer voids leases before it removes values, so whoever asked too early has no lease left;
 * {@code ClusterFillModelTest} says why that is the order. Thread-safe.
 */
final class ClusterFences {

    /** What they say. */
    enum Verdict {
        FINE,
        FENCED,
        PATTERNS_CHANGED
    }

    private static final String VERSION = "version";

    private final RedisLink link;
    private final CommandScripts scripts;
    private final Duration window;

    /** @param window how long a fence lives */
    ClusterFences(RedisLink link, CommandScripts scripts, Duration window) {
        this.link = link;
        this.scripts = scripts;
        this.window = window;
    }

    /** Asks the fences of patterns. */
    CompletionStage<Verdict> ask(
            RedisClusterAsyncCommands<byte[], byte[]> redis, Snapshot snapshot, List<String> patterns) {
        return allow(redis, snapshot, patterns.stream().map(RedisLayout::patternFence))
                .thenApply(allowed -> allowed ? Verdict.FINE : Verdict.FENCED);
    }

    /** Files the key under its tags, then asks the tags' fences; beside it those of the patterns, and whether they are the newest. */
    CompletionStage<Verdict> fileAndAsk(
            RedisClusterAsyncCommands<byte[], byte[]> redis, ReadStore.Fill fill, PublishedPatterns.Known known) {
        CompletionStage<Boolean> tagged = file(redis, fill)
                .thenCompose(filed ->
                        allow(redis, fill.snapshot(), fill.tags().stream().map(RedisLayout::tagFence)));
        return ask(redis, fill.snapshot(), known.matching(fill.key()))
                .thenCombine(tagged, (verdict, allowed) -> allowed ? verdict : Verdict.FENCED)
                .thenCombine(
                        version(redis),
                        (verdict, version) -> version.equals(known.version()) ? verdict : Verdict.PATTERNS_CHANGED);
    }

    /**
     * Filed for a fence window longer than the value lives, which is more than a lease does: where the tag's slot has moved meanwhile,
     * another server's clock judges when that is over.
     */
    private CompletionStage<?> file(RedisClusterAsyncCommands<byte[], byte[]> redis, ReadStore.Fill fill) {
        Duration life = fill.ttl().plus(window);
        return Stages.all(fill.tags().stream()
                .map(tag -> link.run(redis, scripts.fileTag(tag, fill.key(), life)))
                .toList());
    }

    private CompletionStage<Boolean> allow(
            RedisClusterAsyncCommands<byte[], byte[]> redis, Snapshot snapshot, Stream<String> fences) {
        return Stages.all(fences.map(fence -> link.run(redis, scripts.check(fence, snapshot)))
                        .toList())
                .thenApply(answers -> answers.stream().allMatch(answer -> answer.get(0) == 1));
    }

    /** Of the published patterns. */
    private static CompletionStage<String> version(RedisClusterAsyncCommands<byte[], byte[]> redis) {
        CompletableFuture<byte[]> stands = redis.hget(Utf8.encode(RedisLayout.patternsIndex()), Utf8.encode(VERSION))
                .toCompletableFuture();
        return stands.thenApply(version -> version == null ? PublishedPatterns.NO_VERSION : Utf8.decode(version));
    }
}
