package dev.freshet.writer;

import dev.freshet.model.config.FreshetConfig;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** The consumer's properties: ours first, then the file's, then what correctness rests on. */
final class ConsumerSettings {

    private ConsumerSettings() {}

    static Map<String, Object> of(FreshetConfig config, String bootstrapServers) {
        Map<String, Object> properties = new HashMap<>();
        properties.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 2000);
        properties.put(ConsumerConfig.METADATA_MAX_AGE_CONFIG, 10_000);
        if (!config.kafka().brokersLeadGroups()) {
            // The least that brokers allow by default: so soon another writer takes over from one that was killed.
            properties.put(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, 6_000);
            properties.put(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, 1_500);
        }
        properties.put(ConsumerConfig.CLIENT_ID_CONFIG, "freshet-writer");
        // A broker behind a connection that is silent, rather than broken, is asked over another after so long.
        properties.put(ConsumerConfig.REQUEST_TIMEOUT_MS_CONFIG, 10_000);
        properties.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, 30_000);
        properties.putAll(config.kafka().properties());
        properties.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
        properties.put(ConsumerConfig.GROUP_ID_CONFIG, config.consumerGroup());
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        properties.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
        properties.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
        return properties;
    }
}
