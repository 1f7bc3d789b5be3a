package dev.freshet.writer;

import dev.freshet.model.CacheMapping;
import dev.freshet.model.ControlRecord;
import dev.freshet.model.Topics;
import dev.freshet.model.config.FreshetConfig;
import dev.freshet.model.config.HostPort;
import dev.freshet.model.config.KafkaConfig;
import dev.freshet.model.config.ListenerConfig;
import dev.freshet.model.config.RedisConfig;
import dev.freshet.model.config.Secret;
import dev.freshet.model.config.WriterConfig;
import dev.freshet.redis.RedisCacheStore;
import dev.freshet.stack.EmbeddedStack;
import dev.freshet.stack.RedisServer;
import dev.freshet.writer.deadletter.DeadLetterBox;
import dev.freshet.writer.deadletter.DeadLetterTopic;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** A pipeline of a test's own on the shared servers, whose records the test writes itself. Keys begin with its name. */
final class TestPipeline implements AutoCloseable {

    static final Duration WINDOW = Duration.ofSeconds(5);

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final TestDatabase database;
    private final Topics topics;
    private final RedisServer server;
    private final RedisClient client;
    private final RedisCommands<String, String> redis;
    private final RedisCacheStore store;
    private final Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers()));
    private final KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
            Map.of("bootstrap.servers", bootstrapServers(), "acks", "all", "linger.ms", 0),
            new ByteArraySerializer(),
            new ByteArraySerializer());
    private final List<CacheWriter> writers = new ArrayList<>();
    private Map<String, String> properties = Map.of();

    TestPipeline() throws SQLException, ExecutionException, InterruptedException {
        this(EmbeddedStack.shared().redis());
    }

    /** @param server another Redis than the shared one */
    TestPipeline(RedisServer server) throws SQLException, ExecutionException, InterruptedException {
        this.server = server;
        client = RedisClient.create(server.url());
        redis = client.connect().sync();
        store = RedisCacheStore.at(server.url(), WINDOW);
        database = new TestDatabase();
        database.execute("create table books (id int primary key, title text, author int)");
        topics = new Topics(database.name());
        admin.createTopics(List.of(new NewTopic(table(), 1, (short) 1), new NewTopic(topics.control(), 1, (short) 1)))
                .all()
                .get();
    }

    /** Of the Kafka clients of writers that are started from now on. */
    void kafkaProperties(Map<String, String> wanted) {
        properties = Map.copyOf(wanted);
    }

    static String bootstrapServers() {
        return EmbeddedStack.shared().kafka().bootstrapServers();
    }

    TestDatabase database() {
        return database;
    }

    RedisCommands<String, String> redis() {
        return redis;
    }

    String table() {
        return topics.of(Tables.BOOKS);
    }

    String controlTopic() {
        return topics.control();
    }

    /** A key of this pipeline's own. */
    String key(String rest) {
        return database.name() + ":" + rest;
    }

    /** Sets a key as an application would. */
    void set(String rest) {
        redis.set(key(rest), "old");
    }

    boolean stands(String rest) {
        return redis.exists(key(rest)) == 1;
    }

    CacheWriter start(WriterConfig.OnAttach onAttach, CacheMapping... caches) {
        return start(onAttach, Duration.ofSeconds(60), caches);
    }

    /** @param replay how far back changes are applied again where Redis has forgotten all */
    CacheWriter start(WriterConfig.OnAttach onAttach, Duration replay, CacheMapping... caches) {
        CacheWriter writer = CacheWriter.start(config(onAttach, replay, caches), bootstrapServers(), store, meters);
        writers.add(writer);
        return writer;
    }

    FreshetConfig config(WriterConfig.OnAttach onAttach, CacheMapping... caches) {
        return config(onAttach, Duration.ofSeconds(60), caches);
    }

    private FreshetConfig config(WriterConfig.OnAttach onAttach, Duration replay, CacheMapping... caches) {
        return new FreshetConfig(
                database.name(),
                database.config(),
                new KafkaConfig(
                        Optional.of(bootstrapServers()), Path.of("target"), 1, 1, Duration.ofHours(1), properties),
                new RedisConfig(new Secret(server.url()), replay, 0),
                new ListenerConfig(new HostPort("127.0.0.1", 0)),
                new WriterConfig(new HostPort("127.0.0.1", 0), onAttach, WINDOW, Optional.empty()),
                List.of(caches));
    }

    /** What an operator does with this pipeline's dead letters. */
    DeadLetterBox deadLetters() {
        return new DeadLetterBox(new DeadLetterTopic(config(WriterConfig.OnAttach.KEEP), bootstrapServers()));
    }

    String deadLetterTopic() {
        return topics.deadLetters();
    }

    RedisCacheStore store() {
        return store;
    }

    Admin admin() {
        return admin;
    }

    /** Writes a change and returns its offset. */
    long change(String value) throws ExecutionException, InterruptedException {
        return send(table(), value.getBytes(StandardCharsets.UTF_8));
    }

    /** Writes a change as if Kafka had got it at another time. */
    long change(String value, Instant time) throws ExecutionException, InterruptedException {
        return send(
                new ProducerRecord<>(table(), 0, time.toEpochMilli(), null, value.getBytes(StandardCharsets.UTF_8)));
    }

    long tombstone() throws ExecutionException, InterruptedException {
        return producer.send(new ProducerRecord<>(table(), null)).get().offset();
    }

    void control(ControlRecord record) throws ExecutionException, InterruptedException {
        send(topics.control(), record.toJson());
    }

    long send(String topic, byte[] value) throws ExecutionException, InterruptedException {
        return producer.send(new ProducerRecord<>(topic, value)).get().offset();
    }

    long send(ProducerRecord<byte[], byte[]> record) throws ExecutionException, InterruptedException {
        return producer.send(record).get().offset();
    }

    /** The committed offset of a topic's only partition; -1 where none is. */
    long committed(String topic) {
        try {
            OffsetAndMetadata offset = admin.listConsumerGroupOffsets(database.name())
                    .partitionsToOffsetAndMetadata()
                    .get()
                    .get(new TopicPartition(topic, 0));
            return offset == null ? -1 : offset.offset();
        } catch (ExecutionException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() throws SQLException {
        writers.forEach(CacheWriter::close);
        store.close();
        client.shutdown(Duration.ZERO, Duration.ofSeconds(1));
        producer.close(Duration.ofSeconds(5));
        admin.close(Duration.ofSeconds(5));
        database.close();
    }
}
