package dev.freshet.model.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * Kafka: a cluster that exists, or, without {@code bootstrapServers}, an embedded broker on {@code dataDir}.
 *
 * @param properties any Kafka client property
 */
public record KafkaConfig(
        Optional<String> bootstrapServers,
        Path dataDir,
        int partitions,
        int replication,
        Duration retention,
        Map<String, String> properties) {
    static final String GROUP_PROTOCOL = "group.protocol";
    static final String CONSUMER_PROTOCOL = "consumer";

    public KafkaConfig {
        properties = Map.copyOf(properties);
    }

    /** Whether the brokers set session timeout, heartbeat and assignment for the writers, as the protocol of KIP-848 has it. */
    public boolean brokersLeadGroups() {
        return CONSUMER_PROTOCOL.equalsIgnoreCase(properties.get(GROUP_PROTOCOL));
    }

    /** Without the properties' values: passwords stand among them. */
    @Override
    public String toString() {
        return "KafkaConfig[bootstrapServers=" + bootstrapServers + ", dataDir=" + dataDir + ", properties="
                + properties.keySet() + "]";
    }
}
