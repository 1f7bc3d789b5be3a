package dev.freshet.system.faults;

import io.lettuce.core.cluster.api.sync.RedisClusterCommands;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/** The topics of the tables, and what an operator may do to them. */
final class Topics {

    private static final TopicPartition CONTROL = new TopicPartition(Stage.PIPELINE + ".control", 0);

    private Topics() {}

    private static List<String> names() {
        return Stream.of(Table.values())
                .map(table -> Stage.PIPELINE + ".public." + table.sql())
                .toList();
    }

    private static List<TopicPartition> partitions() {
        return names().stream()
                .flatMap(topic -> IntStream.range(0, Stage.PARTITIONS)
                        .mapToObj(partition -> new TopicPartition(topic, partition)))
                .toList();
    }

    static void delete(Admin admin) throws Exception {
        admin.deleteTopics(names()).all().get(30, TimeUnit.SECONDS);
        Moments.until(
                "the topics are gone",
                () -> admin.listTopics().names().get(5, TimeUnit.SECONDS).stream()
                        .noneMatch(names()::contains));
    }

    /** Unless somebody else has. */
    static void create(Admin admin) {
        Moments.until("the topics are there", () -> {
            admin.createTopics(names().stream()
                    .map(name -> new NewTopic(name, Stage.PARTITIONS, (short) 1))
                    .toList());
            return admin.listTopics().names().get(5, TimeUnit.SECONDS).containsAll(names());
        });
    }

    static void deleteRecords(Admin admin) throws Exception {
        admin.deleteRecords(ends(admin, partitions()).entrySet().stream()
                        .collect(Collectors.toMap(
                                Map.Entry::getKey, end -> RecordsToDelete.beforeOffset(end.getValue()))))
                .all()
                .get(30, TimeUnit.SECONDS);
    }

    /**
     * Makes the writers believe that they have applied everything, by what Kafka remembers and by what Redis does; they must
     * not run. One of the two alone would not deceive them.
     */
    static void skip(Admin admin, RedisClusterCommands<String, String> redis) {
        String marker = "freshet:marker:" + Stage.PIPELINE;
        Moments.until("the group is empty and its offsets are moved", () -> {
            Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
            ends(admin, partitions()).forEach((partition, end) -> {
                offsets.put(partition, new OffsetAndMetadata(end));
                String field = partition.topic() + "/" + partition.partition();
                String place = redis.hget(marker, field);
                redis.hset(marker, field, place.substring(0, place.lastIndexOf(':') + 1) + end);
            });
            admin.alterConsumerGroupOffsets(Stage.PIPELINE, offsets).all().get(5, TimeUnit.SECONDS);
            return true;
        });
    }

    /** Where each partition ends now, that of the heartbeats with them. */
    static Map<TopicPartition, Long> ends(Admin admin) throws Exception {
        return ends(
                admin, Stream.concat(partitions().stream(), Stream.of(CONTROL)).toList());
    }

    private static Map<TopicPartition, Long> ends(Admin admin, List<TopicPartition> partitions)
            throws InterruptedException, ExecutionException, TimeoutException {
        Map<TopicPartition, ListOffsetsResultInfo> found = admin.listOffsets(
                        partitions.stream().collect(Collectors.toMap(p -> p, p -> OffsetSpec.latest())))
                .all()
                .get(10, TimeUnit.SECONDS);
        Map<TopicPartition, Long> ends = new HashMap<>();
        found.forEach((partition, end) -> ends.put(partition, end.offset()));
        return ends;
    }

    /** Which of these the writers have not acknowledged. */
    static Map<TopicPartition, Long> behind(Admin admin, Map<TopicPartition, Long> ends) throws Exception {
        Map<TopicPartition, OffsetAndMetadata> committed = admin.listConsumerGroupOffsets(Stage.PIPELINE)
                .partitionsToOffsetAndMetadata()
                .get(10, TimeUnit.SECONDS);
        Map<TopicPartition, Long> behind = new HashMap<>(ends);
        behind.entrySet().removeIf(end -> {
            OffsetAndMetadata offset = committed.get(end.getKey());
            return end.getValue() == 0 || (offset != null && offset.offset() >= end.getValue());
        });
        return behind;
    }
}
