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
    public KafkaConfig {
        properties = Map.copyOf(properties);
    }

    /** Without the properties' values: passwords stand among them. */
    @Override
    public String toString() {
        return "KafkaConfig[bootstrapServers=" + bootstrapServers + ", dataDir=" + dataDir + ", properties="
                + properties.keySet() + "]";
    }
}
