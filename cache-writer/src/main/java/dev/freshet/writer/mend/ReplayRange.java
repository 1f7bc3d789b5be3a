package dev.freshet.writer.mend;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InterruptException;

/**
 * What a replay reads: of each partition, from the first record that is not older than a moment, by Kafka's record times,
 * up to the end as it was found. Immutable.
 *
 * @param spans by partition; partitions without such records are left out
 * @param missing topics that Kafka does not have
 * @param shortfalls what Kafka may hold no longer, for people
 */
public record ReplayRange(Map<TopicPartition, Span> spans, Set<String> missing, List<String> shortfalls) {

    /**
     * Some records of a partition.
     *
     * @param from the first record's offset
     * @param to the offset after the last
     */
    public record Span(long from, long to) {}

    /** What Kafka says where no record is as young. */
    private static final long NONE = -1;

    public ReplayRange {
        spans = Map.copyOf(spans);
        missing = Set.copyOf(missing);
        shortfalls = List.copyOf(shortfalls);
    }

    /** The offset after the partition's last record; 0 where there is none to be read. */
    long end(TopicPartition partition) {
        return spans.getOrDefault(partition, new Span(0, 0)).to();
    }

    /** How many records there are, or somewhat fewer. */
    public long size() {
        return spans.values().stream()
                .mapToLong(span -> span.to() - span.from())
                .sum();
    }

    /**
     * Asks Kafka.
     *
     * @param reach how long before {@code now} the replay begins
     */
    static ReplayRange find(Set<String> topics, Admin admin, Duration reach, Instant now) {
        Set<String> there = answer(admin.listTopics().names());
        Set<String> missing = new TreeSet<>(topics);
        missing.removeAll(there);
        Set<String> found = new TreeSet<>(topics);
        found.retainAll(there);
        List<TopicPartition> partitions = new ArrayList<>();
        for (TopicDescription topic :
                answer(admin.describeTopics(found).allTopicNames()).values()) {
            topic.partitions().forEach(one -> partitions.add(new TopicPartition(topic.name(), one.partition())));
        }
        long since = reach.toMillis() >= now.toEpochMilli() ? 0 : now.toEpochMilli() - reach.toMillis();
        Map<TopicPartition, Long> ends = offsets(admin, partitions, OffsetSpec.latest());
        Map<TopicPartition, Long> begins = offsets(admin, partitions, OffsetSpec.earliest());
        Map<TopicPartition, Long> firsts = offsets(admin, partitions, OffsetSpec.forTimestamp(since));
        Map<String, Retention> retentions = retentions(admin, found);

        Map<TopicPartition, Span> spans = new HashMap<>();
        // A compacted topic is told once, not for each of its partitions.
        Map<String, String> shortfalls = new TreeMap<>();
        for (TopicPartition partition : partitions) {
            long end = ends.getOrDefault(partition, 0L);
            long begin = begins.getOrDefault(partition, 0L);
            long first = firsts.getOrDefault(partition, NONE);
            long from = first == NONE ? end : first;
            if (from < end) {
                spans.put(partition, new Span(from, end));
            }
            retentions
                    .getOrDefault(partition.topic(), Retention.UNKNOWN)
                    .shortfall(partition, begin, from, reach)
                    .ifPresent(shortfall -> shortfalls.put(shortfall.place(), shortfall.text()));
        }
        return new ReplayRange(spans, missing, List.copyOf(shortfalls.values()));
    }

    private static Map<TopicPartition, Long> offsets(Admin admin, List<TopicPartition> partitions, OffsetSpec which) {
        Map<TopicPartition, OffsetSpec> asked = new HashMap<>();
        partitions.forEach(partition -> asked.put(partition, which));
        Map<TopicPartition, Long> offsets = new HashMap<>();
        answer(admin.listOffsets(asked).all()).forEach((partition, found) -> offsets.put(partition, found.offset()));
        return offsets;
    }

    private static Map<String, Retention> retentions(Admin admin, Set<String> topics) {
        Map<String, Retention> retentions = new HashMap<>();
        List<ConfigResource> asked = topics.stream()
                .map(topic -> new ConfigResource(ConfigResource.Type.TOPIC, topic))
                .toList();
        var answers = admin.describeConfigs(asked).values();
        answers.forEach((topic, settings) -> {
            try {
                retentions.put(topic.name(), Retention.of(answer(settings)));
            } catch (AuthorizationException e) {
                retentions.put(topic.name(), Retention.UNKNOWN);
            }
        });
        return retentions;
    }

    private static <T> T answer(Future<T> question) {
        try {
            return question.get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof KafkaException refusal ? refusal : new KafkaException(e.getCause());
        } catch (InterruptedException e) {
            throw new InterruptException(e); // restores the interrupt flag
        }
    }
}
