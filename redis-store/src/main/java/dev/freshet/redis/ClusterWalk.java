package dev.freshet.redis;

import io.lettuce.core.RedisException;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * A walk over all primaries of a cluster, one after the other, that finds every key that stands there from beginning to end,
 * also one that moves. Where slots moved or were open it goes round twice: a key that the first round missed had moved by its
 * end, so that the second finds it where it is. Where some key may have moved twice meanwhile, it starts again.
 */
final class ClusterWalk {

    private static final int ATTEMPTS = 5;

    private final RedisClusterAsyncCommands<byte[], byte[]> redis;
    private final Function<RedisClusterAsyncCommands<byte[], byte[]>, CompletionStage<Long>> walk;

    private ClusterWalk(
            RedisClusterAsyncCommands<byte[], byte[]> redis,
            Function<RedisClusterAsyncCommands<byte[], byte[]>, CompletionStage<Long>> walk) {
        this.redis = redis;
        this.walk = walk;
    }

    /**
     * Walks.
     *
     * @param walk over one primary; harmless when it is done again
     * @return the sum of what the single walks return
     */
    static CompletionStage<Long> over(
            RedisClusterAsyncCommands<byte[], byte[]> redis,
            Function<RedisClusterAsyncCommands<byte[], byte[]>, CompletionStage<Long>> walk) {
        return new ClusterWalk(redis, walk).attempt(ATTEMPTS, 0);
    }

    private CompletionStage<Long> attempt(int attempts, long sum) {
        if (attempts == 0) {
            return CompletableFuture.failedStage(new CacheUnavailableException(
                    "the slots of the Redis Cluster move faster than its keys can be walked over",
                    new RedisException("given up")));
        }
        return ClusterShape.look(redis)
                .thenCompose(before -> round(before)
                        .thenCompose(found -> ClusterShape.look(redis)
                                .thenCompose(after -> after.isStillAs(before)
                                        ? CompletableFuture.completedStage(sum + found)
                                        : secondRound(before, after, attempts, sum + found))));
    }

    private CompletionStage<Long> secondRound(ClusterShape first, ClusterShape second, int attempts, long sum) {
        return round(second)
                .thenCompose(found -> ClusterShape.look(redis)
                        .thenCompose(last -> ClusterShape.eachKeyMovedOnceAtMost(List.of(first, second, last))
                                ? CompletableFuture.completedStage(sum + found)
                                : attempt(attempts - 1, sum + found)));
    }

    private CompletionStage<Long> round(ClusterShape shape) {
        return next(shape.primaries().iterator(), 0);
    }

    private CompletionStage<Long> next(Iterator<ClusterShape.Primary> primaries, long sum) {
        return primaries.hasNext()
                ? walk.apply(primaries.next().commands()).thenCompose(found -> next(primaries, sum + found))
                : CompletableFuture.completedStage(sum);
    }
}
