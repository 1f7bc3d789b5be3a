package dev.freshet.writer.deadletter;

import dev.freshet.model.config.FreshetConfig;
import dev.freshet.model.config.KafkaConfig;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** A pipeline's dead-letter topic and the clients for it. Nothing connects before a client is asked for. Immutable. */
public final class DeadLetterTopic {

    /** How long dead letters are kept at least, and what says that they are done. */
    public static final Duration SHORTEST_RETENTION = Duration.ofDays(30);

    /** A dead letter is larger than its record. This is as large as a broker's default lets one request be, nearly. */
    private static final int LARGEST = 96 << 20;

    private static final int LIMIT_MILLIS = 10_000;

    private final String name;
    private final KafkaConfig config;
    private final String bootstrapServers;

    public DeadLetterTopic(FreshetConfig config, String bootstrapServers) {
        this.name = config.topics().deadLetters();
        this.config = config.kafka();
        this.bootstrapServers = bootstrapServers;
    }

    String name() {
        return name;
    }

    /**
     * Makes the topic where it is missing; one that stands is left as it is.
     *
     * @throws KafkaException where that is not possible
     */
    public void make() {
        try (Admin admin = admin()) {
            if (!exists(admin)) {
                answer(admin.createTopics(List.of(wanted())).all());
            }
        } catch (TopicExistsException e) {
            // Another writer was faster.
            return;
        }
    }

    /** The topic, as the writer makes it. */
    public NewTopic wanted() {
        Duration retention =
                config.retention().compareTo(SHORTEST_RETENTION) > 0 ? config.retention() : SHORTEST_RETENTION;
        Map<String, String> settings = new HashMap<>();
        settings.put(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_DELETE);
        settings.put(TopicConfig.RETENTION_MS_CONFIG, Long.toString(retention.toMillis()));
        settings.put(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, Integer.toString(LARGEST));
        if (config.replication() >= 3) {
            // With one replica in sync, acks=all would be no more than acks=1.
            settings.put(TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG, "2");
        }
        return new NewTopic(name, 1, (short) config.replication()).configs(settings);
    }

    boolean exists(Admin admin) {
        return answer(admin.listTopics().names()).contains(name);
    }

    Admin admin() {
        Map<String, Object> settings = settings();
        settings.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, LIMIT_MILLIS);
        settings.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, LIMIT_MILLIS);
        return Admin.create(settings);
    }

    /** Stores each record once, on all in-sync replicas; gives up after ten seconds. */
    public Producer<byte[], byte[]> producer() {
        Map<String, Object> settings = settings();
        settings.put(ProducerConfig.ACKS_CONFIG, "all");
        settings.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        settings.put(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, 5);
        settings.put(ProducerConfig.LINGER_MS_CONFIG, 0);
        settings.putIfAbsent(ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4");
        settings.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, LARGEST);
        settings.put(ProducerConfig.BUFFER_MEMORY_CONFIG, 2L * LARGEST);
        settings.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, LIMIT_MILLIS);
        settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, LIMIT_MILLIS);
        settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, LIMIT_MILLIS);
        return new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
    }

    /** Without a group; reads a few records at a time. */
    KafkaConsumer<byte[], byte[]> consumer() {
        Map<String, Object> settings = settings();
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        settings.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, LIMIT_MILLIS);
        return new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    private Map<String, Object> settings() {
        Map<String, Object> settings = new HashMap<>(config.properties());
        settings.put("bootstrap.servers", bootstrapServers);
        settings.put("client.id", "freshet-dead-letters");
        // Several writers in one JVM would quarrel about the same names.
        settings.put("metric.reporters", "");
        return settings;
    }

    static <T> T answer(Future<T> question) {
        try {
            return question.get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof KafkaException refusal ? refusal : new KafkaException(e.getCause());
        } catch (InterruptedException e) {
            throw new InterruptException(e); // restores the interrupt flag
        }
    }
}
