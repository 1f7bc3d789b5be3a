package dev.freshet.writer.mend;

import dev.freshet.model.config.FreshetConfig;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Makes a replay's Kafka clients; none belongs to a consumer group. Immutable. */
final class ReplayClients {

    private static final int LIMIT_MILLIS = 20_000;

    private final FreshetConfig config;
    private final String bootstrapServers;

    ReplayClients(FreshetConfig config, String bootstrapServers) {
        this.config = config;
        this.bootstrapServers = bootstrapServers;
    }

    Admin admin() {
        return Admin.create(settings());
    }

    Consumer<byte[], byte[]> consumer() {
        Map<String, Object> settings = settings();
        settings.remove(ConsumerConfig.GROUP_ID_CONFIG);
        settings.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 2000);
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        return new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    private Map<String, Object> settings() {
        Map<String, Object> settings = new HashMap<>(config.kafka().properties());
        settings.put("bootstrap.servers", bootstrapServers);
        settings.put("client.id", "freshet-replay");
        settings.put("default.api.timeout.ms", LIMIT_MILLIS);
        settings.put("request.timeout.ms", LIMIT_MILLIS / 2);
        // Consumer and admin client would quarrel about the same names.
        settings.put("metric.reporters", "");
        return settings;
    }
}
