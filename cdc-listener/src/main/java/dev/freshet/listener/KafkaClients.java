package dev.freshet.listener;

import dev.freshet.model.config.KafkaConfig;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Makes Kafka clients with the configured properties. Nothing connects before a client is asked for. Immutable. */
final class KafkaClients {

    private static final int BUFFER = 64 * 1024 * 1024;

    private final String bootstrapServers;
    private final Map<String, String> properties;

    KafkaClients(KafkaConfig config, String bootstrapServers) {
        this.bootstrapServers = bootstrapServers;
        this.properties = config.properties();
    }

    Admin admin() {
        Map<String, Object> settings = settings("admin");
        settings.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, "20000");
        settings.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, "10000");
        return Admin.create(settings);
    }

    /** A consumer without a group. */
    Consumer<byte[], byte[]> consumer() {
        Map<String, Object> settings = settings("positions");
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, "false");
        settings.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, "20000");
        settings.putIfAbsent(ConsumerConfig.REQUEST_TIMEOUT_MS_CONFIG, "10000");
        return new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    /** A producer that keeps order, stores each record once, and waits for all in-sync replicas. */
    Producer<byte[], byte[]> producer(int largestRequest) {
        Map<String, Object> settings = settings("changes");
        settings.put(ProducerConfig.ACKS_CONFIG, "all");
        settings.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, "true");
        settings.put(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, "5");
        // No lingering: while five requests are in flight, a backlog fills larger batches by itself.
        settings.putIfAbsent(ProducerConfig.LINGER_MS_CONFIG, "0");
        settings.putIfAbsent(ProducerConfig.BATCH_SIZE_CONFIG, "131072");
        settings.putIfAbsent(ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4");
        settings.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, Integer.toString(largestRequest));
        settings.put(ProducerConfig.BUFFER_MEMORY_CONFIG, Integer.toString(Math.max(BUFFER, 4 * largestRequest)));
        // A broker behind a connection that is silent, rather than broken, is asked over another after so long.
        settings.putIfAbsent(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, "10000");
        settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, "600000");
        settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, "600000");
        return new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
    }

    private Map<String, Object> settings(String purpose) {
        Map<String, Object> settings = new HashMap<>(properties);
        settings.put("bootstrap.servers", bootstrapServers);
        settings.put("client.id", "freshet-listener-" + purpose);
        // Two listeners in one JVM would quarrel about the same names.
        settings.put("metric.reporters", "");
        return settings;
    }
}
