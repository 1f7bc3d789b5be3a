package dev.freshet.listener;

import dev.freshet.model.TableId;
import dev.freshet.model.Topics;
import dev.freshet.model.config.FreshetConfig;
import dev.freshet.model.config.KafkaConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.TopicConfig;

/** The topics that a listener writes, as it makes those that are missing. */
public final class PipelineTopics {

    private static final Duration SHORTEST_CONTROL_RETENTION = Duration.ofDays(7);
    private static final String OFFSETS_SEGMENT = Integer.toString(16 << 20);

    private PipelineTopics() {}

    /** The tables' topics, then those of the control records and of the listener's positions. */
    public static List<NewTopic> of(FreshetConfig config) {
        return of(config.kafka(), config.topics(), config.tables());
    }

    static List<NewTopic> of(KafkaConfig config, Topics topics, Collection<TableId> tables) {
        List<NewTopic> wanted = new ArrayList<>();
        for (String topic : ofTables(topics, tables)) {
            wanted.add(
                    topic(config, topic, config.partitions(), TopicConfig.CLEANUP_POLICY_DELETE, config.retention()));
        }
        // A reader that was away for longer than the retention still has to find the gap.
        Duration control = config.retention().compareTo(SHORTEST_CONTROL_RETENTION) > 0
                ? config.retention()
                : SHORTEST_CONTROL_RETENTION;
        wanted.add(topic(config, topics.control(), 1, TopicConfig.CLEANUP_POLICY_DELETE, control));
        NewTopic offsets = topic(config, topics.offsets(), 1, TopicConfig.CLEANUP_POLICY_COMPACT, control);
        // Kafka compacts closed segments only; each start reads the topic whole.
        offsets.configs().put(TopicConfig.SEGMENT_BYTES_CONFIG, OFFSETS_SEGMENT);
        wanted.add(offsets);
        return List.copyOf(wanted);
    }

    static List<String> ofTables(Topics topics, Collection<TableId> tables) {
        return tables.stream().map(topics::of).sorted().distinct().toList();
    }

    private static NewTopic topic(KafkaConfig config, String name, int partitions, String cleanup, Duration retention) {
        Map<String, String> settings = new TreeMap<>();
        settings.put(TopicConfig.CLEANUP_POLICY_CONFIG, cleanup);
        settings.put(TopicConfig.RETENTION_MS_CONFIG, Long.toString(retention.toMillis()));
        if (config.replication() >= 3) {
            // With one replica in sync, acks=all would be no more than acks=1.
            settings.put(TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG, "2");
        }
        return new NewTopic(name, partitions, (short) config.replication()).configs(settings);
    }
}
