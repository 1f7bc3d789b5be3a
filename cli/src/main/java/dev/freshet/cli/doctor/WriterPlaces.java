package dev.freshet.cli.doctor;

import dev.freshet.cli.doctor.KafkaFacts.Purpose;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/** Asks Kafka how far the writers are, beside what the topics hold. Confined to one thread. */
final class WriterPlaces {

    private final Admin admin;
    private final String group;
    private final long now = System.currentTimeMillis();

    WriterPlaces(Admin admin, String group) {
        this.admin = admin;
        this.group = group;
    }

    /** Empty where no writer has ever committed. */
    Optional<KafkaFacts.Group> read(List<KafkaFacts.Topic> topics)
            throws ExecutionException, InterruptedException, TimeoutException {
        Map<TopicPartition, OffsetAndMetadata> known =
                KafkaExam.get(admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata());
        Map<TopicPartition, Long> committed = new HashMap<>();
        Map<TopicPartition, OffsetSpec> halves = new HashMap<>();
        for (KafkaFacts.Topic topic : topics) {
            for (int partition = 0; topic.purpose() == Purpose.CHANGES && partition < topic.partitions(); partition++) {
                TopicPartition one = new TopicPartition(topic.name(), partition);
                OffsetAndMetadata place = known.get(one);
                if (place != null) {
                    committed.put(one, place.offset());
                    halves.put(one, OffsetSpec.forTimestamp(halfAged(topic)));
                }
            }
        }
        if (committed.isEmpty()) {
            return Optional.empty();
        }
        Map<TopicPartition, Long> begins = offsets(all(committed, OffsetSpec.earliest()));
        Map<TopicPartition, Long> ends = offsets(all(committed, OffsetSpec.latest()));
        Map<TopicPartition, Long> young = offsets(halves);
        List<KafkaFacts.Place> places = new ArrayList<>();
        committed.forEach((one, offset) -> {
            long end = ends.getOrDefault(one, offset);
            long half = young.getOrDefault(one, end);
            places.add(new KafkaFacts.Place(
                    one.topic(),
                    one.partition(),
                    offset,
                    begins.getOrDefault(one, 0L),
                    end,
                    // Kafka answers -1 where no record is so young.
                    half < 0 ? end : half));
        });
        return Optional.of(new KafkaFacts.Group(members(), places));
    }

    private long halfAged(KafkaFacts.Topic topic) {
        long retention = topic.number("retention.ms");
        return retention < 0 ? 0 : now - retention / 2;
    }

    private static Map<TopicPartition, OffsetSpec> all(Map<TopicPartition, Long> partitions, OffsetSpec which) {
        Map<TopicPartition, OffsetSpec> wanted = new HashMap<>();
        partitions.keySet().forEach(one -> wanted.put(one, which));
        return wanted;
    }

    private Map<TopicPartition, Long> offsets(Map<TopicPartition, OffsetSpec> wanted)
            throws ExecutionException, InterruptedException, TimeoutException {
        Map<TopicPartition, ListOffsetsResultInfo> found =
                KafkaExam.get(admin.listOffsets(wanted).all());
        Map<TopicPartition, Long> offsets = new HashMap<>();
        found.forEach((one, info) -> offsets.put(one, info.offset()));
        return offsets;
    }

    private int members() throws ExecutionException, InterruptedException, TimeoutException {
        return KafkaExam.get(admin.describeConsumerGroups(List.of(group)).all()).values().stream()
                .mapToInt(described -> described.members().size())
                .sum();
    }
}
