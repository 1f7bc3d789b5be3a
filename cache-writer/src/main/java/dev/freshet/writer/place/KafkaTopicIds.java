package dev.freshet.writer.place;

import dev.freshet.model.config.FreshetConfig;
import dev.freshet.writer.metrics.LogEnds;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** Asks Kafka. */
public final class KafkaTopicIds implements TopicIds, LogEnds {

    private static final int LIMIT_MILLIS = 10_000;

    private final Admin admin;

    public KafkaTopicIds(FreshetConfig config, String bootstrapServers) {
        Map<String, Object> settings = new HashMap<>(config.kafka().properties());
        settings.put(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
        settings.put(AdminClientConfig.CLIENT_ID_CONFIG, "freshet-writer-topics");
        settings.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, LIMIT_MILLIS);
        settings.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, LIMIT_MILLIS);
        // Several writers in one JVM would quarrel about the same names.
        settings.put("metric.reporters", "");
        this.admin = Admin.create(settings);
    }

    @Override
    public CompletionStage<Map<String, String>> of(Collection<String> topics) {
        List<CompletableFuture<Map<String, String>>> asked =
                admin.describeTopics(topics).topicNameValues().entrySet().stream()
                        .map(topic -> topic.getValue().toCompletionStage().toCompletableFuture())
                        .map(described ->
                                described.thenApply(KafkaTopicIds::id).exceptionallyCompose(KafkaTopicIds::ifItExists))
                        .toList();
        return CompletableFuture.allOf(asked.toArray(CompletableFuture[]::new)).thenApply(all -> {
            Map<String, String> ids = new HashMap<>();
            asked.forEach(id -> ids.putAll(id.join()));
            return ids;
        });
    }

    /** Of partitions that are there; one whose topic has just gone is left out. */
    @Override
    public CompletionStage<Map<TopicPartition, Long>> ends(Set<TopicPartition> partitions) {
        ListOffsetsResult asked = admin.listOffsets(
                partitions.stream().collect(Collectors.toMap(one -> one, one -> OffsetSpec.latest())));
        Map<TopicPartition, Long> ends = new ConcurrentHashMap<>();
        return CompletableFuture.allOf(partitions.stream()
                        .map(one -> asked.partitionResult(one)
                                .toCompletionStage()
                                .toCompletableFuture()
                                .thenAccept(end -> ends.put(one, end.offset()))
                                .exceptionallyCompose(KafkaTopicIds::unlessGone))
                        .toArray(CompletableFuture[]::new))
                .thenApply(all -> ends);
    }

    private static CompletionStage<Void> unlessGone(Throwable failure) {
        return isGone(failure) ? CompletableFuture.completedStage(null) : CompletableFuture.failedStage(failure);
    }

    private static boolean isGone(Throwable failure) {
        return failure instanceof UnknownTopicOrPartitionException
                || failure.getCause() instanceof UnknownTopicOrPartitionException;
    }

    private static Map<String, String> id(TopicDescription topic) {
        return Map.of(topic.name(), topic.topicId().toString());
    }

    private static CompletionStage<Map<String, String>> ifItExists(Throwable failure) {
        return isGone(failure) ? CompletableFuture.completedStage(Map.of()) : CompletableFuture.failedStage(failure);
    }

    @Override
    public void close() {
        admin.close(Duration.ofSeconds(2));
    }
}
