package dev.freshet.cli.status;

import dev.freshet.cli.status.Facts.Answer;
import dev.freshet.model.ControlRecord;
import dev.freshet.model.Topics;
import dev.freshet.model.config.FreshetConfig;
import dev.freshet.writer.deadletter.DeadLetterBox;
import dev.freshet.writer.deadletter.DeadLetterTopic;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Asks Kafka; joins no group and moves no offset. Confined to one thread at a time. */
final class LogProbe implements AutoCloseable {

    /** Of more partitions than this that are behind, only those that are furthest behind are looked into. */
    private static final int MOST_LOOKED_INTO = 32;

    private static final Duration POLL = Duration.ofMillis(200);

    private final Topics topics;
    private final Set<String> tableTopics;
    private final String group;
    private final Map<String, Object> settings;
    private final DeadLetterBox deadLetters;
    private final Duration limit;
    private Optional<Admin> admin = Optional.empty();
    private Optional<Consumer<byte[], byte[]>> consumer = Optional.empty();
    private long deadLettersEnd;
    private int deadLettersOpen;

    LogProbe(FreshetConfig config, String bootstrapServers, Duration limit) {
        this.topics = config.topics();
        this.tableTopics =
                new TreeSet<>(config.tables().stream().map(topics::of).toList());
        this.group = config.consumerGroup();
        this.limit = limit;
        this.deadLetters = new DeadLetterBox(new DeadLetterTopic(config, bootstrapServers));
        this.settings = new HashMap<>(config.kafka().properties());
        settings.put("bootstrap.servers", bootstrapServers);
        settings.put("client.id", "freshet-status");
        settings.put("default.api.timeout.ms", (int) limit.toMillis());
        settings.put("request.timeout.ms", (int) limit.toMillis());
        // Consumer and admin client would quarrel about the same names.
        settings.put("metric.reporters", "");
        settings.remove("group.id");
    }

    Answer<Facts.Log> ask() {
        try {
            return new Answer.Told<>(read());
        } catch (KafkaException e) {
            close();
            return new Answer.Silent<>(reason(e));
        }
    }

    private static String reason(KafkaException e) {
        Throwable cause = e.getCause() == null ? e : e.getCause();
        // Without its message: it may hold a password.
        return cause instanceof ConfigException
                ? "kafka.properties: a client property is wrong"
                : "Kafka does not answer: " + cause.getMessage();
    }

    private Facts.Log read() {
        Admin open = admin();
        Set<String> names = answer(open.listTopics().names());
        Set<String> found = new TreeSet<>(tableTopics);
        found.retainAll(names);
        List<String> missing =
                tableTopics.stream().filter(topic -> !names.contains(topic)).toList();
        Set<String> asked = new HashSet<>(found);
        asked.add(topics.control());
        asked.add(topics.deadLetters());
        asked.retainAll(names);
        Map<TopicPartition, Long> ends = offsets(open, asked, OffsetSpec.latest());
        Map<TopicPartition, Long> starts = offsets(open, asked, OffsetSpec.earliest());
        List<Facts.Partition> partitions = partitions(open, found, starts, ends);
        TopicPartition control = new TopicPartition(topics.control(), 0);
        return new Facts.Log(
                names.contains(topics.control()),
                heartbeat(control, starts.getOrDefault(control, 0L), ends.getOrDefault(control, 0L)),
                missing,
                writers(open),
                partitions,
                deadLetters(ends));
    }

    private static Map<TopicPartition, Long> offsets(Admin open, Collection<String> asked, OffsetSpec which) {
        Map<TopicPartition, OffsetSpec> wanted = new HashMap<>();
        answer(open.describeTopics(asked).allTopicNames())
                .forEach((topic, description) -> description
                        .partitions()
                        .forEach(p -> wanted.put(new TopicPartition(topic, p.partition()), which)));
        Map<TopicPartition, Long> offsets = new HashMap<>();
        Map<TopicPartition, ListOffsetsResultInfo> told =
                answer(open.listOffsets(wanted).all());
        told.forEach((partition, info) -> offsets.put(partition, info.offset()));
        return offsets;
    }

    private List<Facts.Partition> partitions(
            Admin open, Set<String> found, Map<TopicPartition, Long> starts, Map<TopicPartition, Long> ends) {
        Map<TopicPartition, OffsetAndMetadata> committed = committed(open);
        List<TopicPartition> all = ends.keySet().stream()
                .filter(partition -> found.contains(partition.topic()))
                .sorted(Comparator.comparing(TopicPartition::topic).thenComparingInt(TopicPartition::partition))
                .toList();
        Map<TopicPartition, Long> applied = new HashMap<>();
        for (TopicPartition partition : all) {
            OffsetAndMetadata offset = committed.get(partition);
            applied.put(partition, offset == null ? starts.getOrDefault(partition, 0L) : offset.offset());
        }
        Map<TopicPartition, Duration> waiting = waiting(applied, starts, ends);
        return all.stream()
                .map(partition -> new Facts.Partition(
                        partition.topic(),
                        partition.partition(),
                        OptionalLong.of(applied.getOrDefault(partition, 0L)),
                        ends.getOrDefault(partition, 0L),
                        Optional.ofNullable(waiting.get(partition))))
                .toList();
    }

    private Map<TopicPartition, OffsetAndMetadata> committed(Admin open) {
        try {
            Map<TopicPartition, OffsetAndMetadata> told =
                    answer(open.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata());
            Map<TopicPartition, OffsetAndMetadata> known = new HashMap<>(told);
            known.values().removeIf(java.util.Objects::isNull);
            return known;
        } catch (GroupIdNotFoundException e) {
            return Map.of();
        }
    }

    private int writers(Admin open) {
        try {
            return answer(open.describeConsumerGroups(List.of(group)).all()).values().stream()
                    .mapToInt(description -> description.members().size())
                    .sum();
        } catch (GroupIdNotFoundException e) {
            return 0;
        }
    }

    /** By partition, how long the first record waits that is not applied. */
    private Map<TopicPartition, Duration> waiting(
            Map<TopicPartition, Long> applied, Map<TopicPartition, Long> starts, Map<TopicPartition, Long> ends) {
        List<TopicPartition> behind = applied.keySet().stream()
                .filter(partition -> lag(partition, applied, ends) > 0)
                .sorted(Comparator.comparingLong(partition -> -lag(partition, applied, ends)))
                .limit(MOST_LOOKED_INTO)
                .toList();
        Map<TopicPartition, Duration> waiting = new HashMap<>();
        if (behind.isEmpty()) {
            return waiting;
        }
        Consumer<byte[], byte[]> reader = consumer();
        reader.assign(behind);
        behind.forEach(partition -> reader.seek(
                partition, Math.max(applied.getOrDefault(partition, 0L), starts.getOrDefault(partition, 0L))));
        long until = System.nanoTime() + limit.toNanos();
        while (waiting.size() < behind.size() && System.nanoTime() - until < 0) {
            for (ConsumerRecord<byte[], byte[]> record : reader.poll(POLL)) {
                TopicPartition partition = new TopicPartition(record.topic(), record.partition());
                if (waiting.putIfAbsent(partition, age(record.timestamp())) == null) {
                    reader.pause(List.of(partition));
                }
            }
        }
        return waiting;
    }

    private static long lag(
            TopicPartition partition, Map<TopicPartition, Long> applied, Map<TopicPartition, Long> ends) {
        return ends.getOrDefault(partition, 0L) - applied.getOrDefault(partition, 0L);
    }

    private static Duration age(long timestamp) {
        return Duration.ofMillis(Math.max(0, System.currentTimeMillis() - timestamp));
    }

    /** The source's time in the newest heartbeat; gaps stand between heartbeats, a few at most. */
    private Optional<Instant> heartbeat(TopicPartition control, long start, long end) {
        if (end <= start) {
            return Optional.empty();
        }
        Consumer<byte[], byte[]> reader = consumer();
        reader.assign(List.of(control));
        reader.seek(control, Math.max(start, end - 20));
        Optional<Instant> newest = Optional.empty();
        long until = System.nanoTime() + limit.toNanos();
        while (reader.position(control) < end && System.nanoTime() - until < 0) {
            for (ConsumerRecord<byte[], byte[]> record : reader.poll(POLL)) {
                Optional<Instant> beat = time(record);
                newest = beat.isPresent() ? beat : newest;
            }
        }
        return newest;
    }

    private static Optional<Instant> time(ConsumerRecord<byte[], byte[]> record) {
        try {
            return ControlRecord.parse(record.value()) instanceof ControlRecord.Heartbeat beat
                    ? Optional.of(beat.sourceTime())
                    : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** The topic is read whole only where something was added. */
    private int deadLetters(Map<TopicPartition, Long> ends) {
        long end = ends.entrySet().stream()
                .filter(entry -> entry.getKey().topic().equals(topics.deadLetters()))
                .mapToLong(Map.Entry::getValue)
                .sum();
        if (end != deadLettersEnd) {
            deadLettersOpen = deadLetters.open().size();
            deadLettersEnd = end;
        }
        return deadLettersOpen;
    }

    private Admin admin() {
        Admin open = admin.orElseGet(() -> Admin.create(settings));
        admin = Optional.of(open);
        return open;
    }

    private Consumer<byte[], byte[]> consumer() {
        Consumer<byte[], byte[]> open = consumer.orElseGet(() -> {
            Map<String, Object> reading = new HashMap<>(settings);
            reading.put("enable.auto.commit", false);
            reading.put("auto.offset.reset", "earliest");
            reading.put("allow.auto.create.topics", false);
            reading.put("max.poll.records", 100);
            // Only the first record of a partition is wanted.
            reading.put("max.partition.fetch.bytes", 64 << 10);
            return new KafkaConsumer<>(reading, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        });
        consumer = Optional.of(open);
        return open;
    }

    private static <T> T answer(KafkaFuture<T> future) {
        try {
            return future.get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof KafkaException told ? told : new KafkaException(e.getCause());
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }

    @Override
    public void close() {
        consumer.ifPresent(
                reader -> reader.close(org.apache.kafka.clients.consumer.CloseOptions.timeout(Duration.ofSeconds(1))));
        admin.ifPresent(asker -> asker.close(Duration.ofSeconds(1)));
        consumer = Optional.empty();
        admin = Optional.empty();
    }
}
