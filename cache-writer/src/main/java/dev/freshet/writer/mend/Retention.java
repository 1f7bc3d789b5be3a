package dev.freshet.writer.mend;

import java.time.Duration;
import java.util.Optional;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.TopicConfig;

/**
 * For how long Kafka keeps a topic's records. Immutable.
 *
 * @param kept every younger record is there; empty where records go for other reasons than their age
 */
record Retention(Optional<Duration> kept, boolean compacted) {

    static final Retention UNKNOWN = new Retention(Optional.empty(), false);
    private static final Duration FOR_EVER = Duration.ofMillis(Long.MAX_VALUE);

    /** What may be gone, told once for each place. */
    record Shortfall(String place, String text) {}

    static Retention of(Config topic) {
        boolean compacted = text(topic, TopicConfig.CLEANUP_POLICY_CONFIG).contains("compact");
        boolean bySize = number(topic, TopicConfig.RETENTION_BYTES_CONFIG) >= 0;
        long millis = number(topic, TopicConfig.RETENTION_MS_CONFIG);
        return new Retention(
                bySize ? Optional.empty() : Optional.of(millis < 0 ? FOR_EVER : Duration.ofMillis(millis)), compacted);
    }

    /**
     * What a replay cannot reach.
     *
     * @param begin the partition's first offset
     * @param from where the replay begins; at the first offset nothing older is there to show that nothing is missing
     */
    Optional<Shortfall> shortfall(TopicPartition partition, long begin, long from, Duration reach) {
        if (compacted) {
            return Optional.of(new Shortfall(
                    partition.topic(),
                    partition.topic() + " is compacted: of several changes to a row, the older ones may be gone"));
        }
        boolean shorter = kept.filter(time -> time.compareTo(reach) >= 0).isEmpty();
        return begin > 0 && from == begin && shorter
                ? Optional.of(new Shortfall(
                        partition.toString(),
                        partition.topic() + ", partition " + partition.partition()
                                + ": Kafka may hold no longer what --since asks for; its log begins at offset "
                                + begin))
                : Optional.empty();
    }

    private static String text(Config topic, String name) {
        ConfigEntry entry = topic.get(name);
        return entry == null || entry.value() == null ? "" : entry.value();
    }

    private static long number(Config topic, String name) {
        String text = text(topic, name);
        return text.isEmpty() ? -1 : Long.parseLong(text);
    }
}
