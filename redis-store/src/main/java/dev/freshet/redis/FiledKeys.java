package dev.freshet.redis;

import io.lettuce.core.Limit;
import io.lettuce.core.Range;
import io.lettuce.core.Range.Boundary;
import io.lettuce.core.ScoredValue;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * A walk over the keys that are filed under a tag, by their scores: these only rise while a key is filed, so that one that
 * stands there from beginning to end is found. A cursor of ZSCAN would not do on a cluster, since it means nothing at the
 * server that the tag's slot has moved to. Used once; its steps follow each other on Lettuce's threads.
 */
final class FiledKeys {

    private final RedisClusterAsyncCommands<byte[], byte[]> redis;
    private final byte[] tag;
    private final Function<List<byte[]>, CompletionStage<Long>> step;

    /** @param step is given the keys of one page; some come twice */
    FiledKeys(
            RedisClusterAsyncCommands<byte[], byte[]> redis,
            byte[] tag,
            Function<List<byte[]>, CompletionStage<Long>> step) {
        this.redis = redis;
        this.tag = tag;
        this.step = step;
    }

    /** Returns the sum of what the steps return. */
    CompletionStage<Long> walk() {
        return from(Boundary.unbounded(), Walk.STEP, 0);
    }

    private CompletionStage<Long> from(Boundary<Double> score, long most, long sum) {
        return redis.zrangebyscoreWithScores(tag, Range.from(score, Boundary.unbounded()), Limit.create(0, most))
                .thenCompose(page -> step.apply(
                                page.stream().map(ScoredValue::getValue).toList())
                        .thenCompose(done -> page.size() < most
                                ? CompletableFuture.completedStage(sum + done)
                                : after(page, most, sum + done)));
    }

    /** Those of the last score again, since the page may have ended among them; more, where they all had that one. */
    private CompletionStage<Long> after(List<ScoredValue<byte[]>> page, long most, long sum) {
        double last = page.get(page.size() - 1).getScore();
        boolean one = page.get(0).getScore() == last;
        return from(Boundary.including(last), one ? 2 * most : Walk.STEP, sum);
    }
}
