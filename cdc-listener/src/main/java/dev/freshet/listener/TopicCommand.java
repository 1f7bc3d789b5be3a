package dev.freshet.listener;

import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.NewTopic;

/** A line for a shell by which somebody with the right to do so makes a topic. */
public final class TopicCommand {

    private TopicCommand() {}

    /** The command line of Kafka's own tool, whole. */
    public static String create(String bootstrapServers, NewTopic topic) {
        StringBuilder command = new StringBuilder("kafka-topics.sh --bootstrap-server ")
                .append(bootstrapServers.replace(" ", ""))
                .append(" --create --topic ")
                .append(topic.name())
                .append(" --partitions ")
                .append(topic.numPartitions())
                .append(" --replication-factor ")
                .append(topic.replicationFactor());
        new TreeMap<>(Optional.ofNullable(topic.configs()).orElseGet(TreeMap::new))
                .forEach((name, value) ->
                        command.append(" --config ").append(name).append('=').append(value));
        return command.toString();
    }
}
