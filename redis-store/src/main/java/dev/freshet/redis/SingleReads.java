package dev.freshet.redis;

import dev.freshet.redis.ReadStore.Attested;
import dev.freshet.redis.ReadStore.Fill;
import dev.freshet.redis.ReadStore.Filled;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** A server that holds all keys: one script looks at all that a fill depends on. */
final class SingleReads implements ServerReads {

    private final RedisLink link;
    private final CommandScripts scripts;
    private final Duration leaseLife;

    SingleReads(RedisLink link, CommandScripts scripts, Duration leaseLife) {
        this.link = link;
        this.scripts = scripts;
        this.leaseLife = leaseLife;
    }

    @Override
    public CompletionStage<List<Object>> patterns(RedisClusterAsyncCommands<byte[], byte[]> redis) {
        return link.runMixed(redis, scripts.readPatterns());
    }

    @Override
    public CompletionStage<Filled> fill(
            RedisClusterAsyncCommands<byte[], byte[]> redis, Fill fill, PublishedPatterns.Known known, byte[] value) {
        ScriptCall call = scripts.fill(
                fill.key(),
                fill.token(),
                fill.snapshot(),
                fill.ttl(),
                known.matching(fill.key()),
                fill.tags(),
                known.version(),
                leaseLife,
                value);
        return link.run(redis, call).thenApply(answer -> ServerReads.filled(answer.get(0)));
    }

    @Override
    public CompletionStage<Long> drop(RedisClusterAsyncCommands<byte[], byte[]> redis, List<String> keys) {
        return link.run(redis, scripts.drop(keys)).thenApply(answer -> answer.get(0));
    }

    @Override
    public CompletionStage<Attested> attested(
            RedisClusterAsyncCommands<byte[], byte[]> redis, String pipeline, List<String> keys) {
        byte[][] names = keys.stream().map(Utf8::encode).toArray(byte[][]::new);
        // It answers in the order in which it is asked.
        return StoredWatermark.ask(redis, pipeline)
                .thenCombine(
                        redis.mget(names),
                        (watermark, values) -> new Attested(
                                watermark, values.stream().map(Utf8::value).toList()));
    }
}
