package dev.freshet.redis;

import dev.freshet.redis.ReadStore.Attested;
import dev.freshet.redis.ReadStore.Fill;
import dev.freshet.redis.ReadStore.Filled;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** A cluster, where a pattern's fence, a tag and a key stand in slots of their own. */
final class ClusterReads implements ServerReads {

    private static final String PIPELINE = "pipeline:";

    private final RedisLink link;
    private final CommandScripts scripts;
    private final ClusterFences fences;

    /** @param window how long a fence lives */
    ClusterReads(RedisLink link, CommandScripts scripts, Duration window) {
        this.link = link;
        this.scripts = scripts;
        this.fences = new ClusterFences(link, scripts, window);
    }

    /** The version first: writers change it after the patterns, so what is read after it is as new, or newer. */
    @Override
    public CompletionStage<List<Object>> patterns(RedisClusterAsyncCommands<byte[], byte[]> redis) {
        return redis.hgetall(Utf8.encode(RedisLayout.patternsIndex())).thenCompose(index -> {
            Map<String, String> fields = Utf8.texts(index);
            List<String> pipelines = fields.keySet().stream()
                    .filter(field -> field.startsWith(PIPELINE))
                    .map(field -> field.substring(PIPELINE.length()))
                    .toList();
            long window = pipelines.stream()
                    .mapToLong(pipeline -> Long.parseLong(fields.getOrDefault(PIPELINE + pipeline, "0")))
                    .min()
                    .orElse(-1);
            return globs(redis, pipelines, RedisLayout::patterns)
                    .thenCombine(globs(redis, pipelines, RedisLayout::unfencedPatterns), (fenced, unfenced) -> {
                        List<Object> answer = new ArrayList<>();
                        answer.add(Utf8.encode(fields.getOrDefault("version", PublishedPatterns.NO_VERSION)));
                        answer.add(window);
                        answer.add((long) fenced.size());
                        answer.addAll(fenced);
                        answer.addAll(unfenced);
                        return answer;
                    });
        });
    }

    private static CompletionStage<List<byte[]>> globs(
            RedisClusterAsyncCommands<byte[], byte[]> redis, List<String> pipelines, Function<String, String> hash) {
        return Stages.all(pipelines.stream()
                        .map(pipeline -> redis.hvals(Utf8.encode(hash.apply(pipeline))))
                        .toList())
                .thenApply(each -> each.stream().flatMap(List::stream).toList());
    }

    @Override
    public CompletionStage<Filled> fill(
            RedisClusterAsyncCommands<byte[], byte[]> redis, Fill fill, PublishedPatterns.Known known, byte[] value) {
        return fences.fileAndAsk(redis, fill, known).thenCompose(verdict -> switch (verdict) {
            case FINE -> store(redis, fill, value);
            case FENCED -> giveBack(redis, fill, Filled.FENCED);
            case PATTERNS_CHANGED -> giveBack(redis, fill, Filled.PATTERNS_CHANGED);
        });
    }

    private CompletionStage<Filled> store(RedisClusterAsyncCommands<byte[], byte[]> redis, Fill fill, byte[] value) {
        ScriptCall call = scripts.checkedFill(fill.key(), fill.token(), fill.snapshot(), fill.ttl(), value);
        return link.run(redis, call).thenApply(answer -> ServerReads.filled(answer.get(0)));
    }

    private CompletionStage<Filled> giveBack(RedisClusterAsyncCommands<byte[], byte[]> redis, Fill fill, Filled why) {
        return link.run(redis, scripts.release(fill.key(), fill.token())).thenApply(released -> why);
    }

    @Override
    public CompletionStage<Long> drop(RedisClusterAsyncCommands<byte[], byte[]> redis, List<String> keys) {
        return Stages.all(SlotTag.bySlot(keys, SlotTag::slot).stream()
                        .map(together -> link.run(redis, scripts.drop(together)).thenApply(answer -> answer.get(0)))
                        .toList())
                .thenApply(each -> each.stream().mapToLong(Long::longValue).sum());
    }

    @Override
    public CompletionStage<Attested> attested(
            RedisClusterAsyncCommands<byte[], byte[]> redis, String pipeline, List<String> keys) {
        return new AttestedRead(Connector.clusterOf(redis), pipeline).of(keys);
    }
}
