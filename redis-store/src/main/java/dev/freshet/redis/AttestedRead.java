package dev.freshet.redis;

import dev.freshet.model.Watermark;
import dev.freshet.redis.ReadStore.Attested;
import io.lettuce.core.KeyValue;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lettuce.core.cluster.models.partitions.Partitions;
import io.lettuce.core.cluster.models.partitions.RedisClusterNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;

/**
 * Values, and before them the watermark of the primary that holds them, over one connection to that primary, where nothing is
 * redirected: an answer shows that the primary holds the key, so what its watermark tells is told of this value. Used once.
 */
final class AttestedRead {

    private static final Set<Refusal> REDIRECTIONS = Set.of(Refusal.MOVED, Refusal.ASK);

    private final StatefulRedisClusterConnection<byte[], byte[]> cluster;
    private final String pipeline;
    private final Partitions partitions;

    AttestedRead(StatefulRedisClusterConnection<byte[], byte[]> cluster, String pipeline) {
        this.cluster = cluster;
        this.pipeline = pipeline;
        this.partitions = cluster.getPartitions();
    }

    /** Without a watermark where the cluster is other than it is known here. */
    CompletionStage<Attested> of(List<String> keys) {
        Map<RedisClusterNode, List<String>> byPrimary = new LinkedHashMap<>();
        for (String key : keys) {
            RedisClusterNode primary = partitions.getMasterBySlot(SlotTag.slot(key));
            if (primary == null) {
                return CompletableFuture.failedStage(new IllegalStateException("no primary is known for a key's slot"));
            }
            byPrimary.computeIfAbsent(primary, some -> new ArrayList<>()).add(key);
        }
        return Stages.all(byPrimary.entrySet().stream()
                        .map(part -> from(part.getKey(), part.getValue()))
                        .toList())
                .thenApply(parts -> together(parts, keys))
                .exceptionallyCompose(failure -> Refusal.of(RedisLink.cause(failure))
                        .filter(REDIRECTIONS::contains)
                        .map(redirected -> unattested(byPrimary.keySet(), keys))
                        .orElseGet(() -> CompletableFuture.failedStage(failure)));
    }

    /** Asked through the cluster's client, which follows redirections and learns from them. */
    private CompletionStage<Attested> unattested(Set<RedisClusterNode> primaries, List<String> keys) {
        byte[][] names = keys.stream().map(Utf8::encode).toArray(byte[][]::new);
        return Stages.all(primaries, primary -> StoredWatermark.askAt(cluster.async(), watermarkOf(primary)))
                .thenCombine(
                        cluster.async().mget(names),
                        (redirected, values) -> new Attested(
                                Optional.empty(),
                                values.stream().map(Utf8::value).toList()));
    }

    /** A primary's part. */
    private record Part(Optional<Watermark> watermark, Map<String, Optional<byte[]>> values) {}

    private CompletionStage<Part> from(RedisClusterNode node, List<String> keys) {
        return cluster.getConnectionAsync(node.getUri().getHost(), node.getUri().getPort())
                .thenCompose(connection -> {
                    RedisAsyncCommands<byte[], byte[]> primary = connection.async();
                    // It answers in the order in which it is asked.
                    CompletionStage<Optional<Watermark>> watermark = StoredWatermark.askAt(primary, watermarkOf(node));
                    return watermark.thenCombine(values(primary, keys), Part::new);
                });
    }

    private static CompletionStage<Map<String, Optional<byte[]>>> values(
            RedisAsyncCommands<byte[], byte[]> primary, List<String> keys) {
        return Stages.all(SlotTag.bySlot(keys, SlotTag::slot).stream()
                        .map(together ->
                                primary.mget(together.stream().map(Utf8::encode).toArray(byte[][]::new)))
                        .toList())
                .thenApply(answers -> {
                    Map<String, Optional<byte[]>> values = new HashMap<>();
                    for (List<KeyValue<byte[], byte[]>> answer : answers) {
                        answer.forEach(value -> values.put(Utf8.decode(value.getKey()), Utf8.value(value)));
                    }
                    return values;
                });
    }

    /** It stands in the primary's highest slot. */
    private String watermarkOf(RedisClusterNode primary) {
        int highest = IntStream.range(0, SlotTag.SLOTS)
                .map(slot -> SlotTag.SLOTS - 1 - slot)
                .filter(slot -> primary.equals(partitions.getMasterBySlot(slot)))
                .findFirst()
                .orElseThrow();
        return RedisLayout.watermark(highest, pipeline);
    }

    private static Attested together(List<Part> parts, List<String> keys) {
        Map<String, Optional<byte[]>> values = new HashMap<>();
        parts.forEach(part -> values.putAll(part.values()));
        Optional<Watermark> oldest =
                parts.stream().map(Part::watermark).reduce(AttestedRead::older).orElse(Optional.empty());
        return new Attested(
                oldest,
                keys.stream()
                        .map(key -> values.getOrDefault(key, Optional.empty()))
                        .toList());
    }

    /** Empty where one has none, or it cannot be told which is older. */
    private static Optional<Watermark> older(Optional<Watermark> one, Optional<Watermark> other) {
        return one.flatMap(first -> other.flatMap(second -> {
            if (second.position().covers(first.position())) {
                return one;
            }
            return first.position().covers(second.position()) ? other : Optional.empty();
        }));
    }
}
