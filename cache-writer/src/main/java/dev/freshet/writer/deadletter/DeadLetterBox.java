package dev.freshet.writer.deadletter;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;

/**
 * What an operator does with a pipeline's dead letters. A record that was parked more than once, by a writer that was
 * killed before it could acknowledge, is one dead letter, of its first id. Methods throw {@link KafkaException} where
 * Kafka is away or refuses. Confined to one thread.
 */
public final class DeadLetterBox {

    private static final Duration POLL = Duration.ofMillis(500);

    /** Without a single record for so long, Kafka counts as away. */
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final DeadLetterTopic topic;

    public DeadLetterBox(DeadLetterTopic topic) {
        this.topic = topic;
    }

    /** Those that nobody has dealt with yet, in order. Records in the topic that no writer wrote are left out. */
    public List<DeadLetter> open() {
        try (Admin admin = topic.admin()) {
            if (!topic.exists(admin)) {
                return List.of();
            }
        }
        Pass pass = new Pass();
        try (KafkaConsumer<byte[], byte[]> consumer = topic.consumer()) {
            List<TopicPartition> partitions = new ArrayList<>();
            consumer.partitionsFor(topic.name())
                    .forEach(found -> partitions.add(new TopicPartition(topic.name(), found.partition())));
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            pollUntil(
                    () -> partitions.stream()
                            .allMatch(partition -> consumer.position(partition) >= ends.getOrDefault(partition, 0L)),
                    consumer,
                    pass::take);
        }
        return pass.open();
    }

    /**
     * What was parked, bytes and all.
     *
     * @param letter one of {@link #open()}
     */
    public DeadLetter.Original original(DeadLetter letter) {
        DeadLetter.Id id = letter.id();
        TopicPartition partition = new TopicPartition(topic.name(), id.partition());
        List<DeadLetter.Original> found = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer = topic.consumer()) {
            consumer.assign(List.of(partition));
            consumer.seek(partition, id.offset());
            pollUntil(() -> consumer.position(partition) > id.offset(), consumer, record -> {
                if (record.offset() == id.offset()) {
                    found.add(new DeadLetter.Original(record));
                }
            });
        }
        if (found.isEmpty()) {
            throw new KafkaException("the retention of " + topic.name() + " has just taken " + id);
        }
        return found.get(0);
    }

    private static void pollUntil(
            BooleanSupplier done,
            KafkaConsumer<byte[], byte[]> consumer,
            Consumer<ConsumerRecord<byte[], byte[]>> taker) {
        long patience = System.nanoTime() + PATIENCE.toNanos();
        while (!done.getAsBoolean()) {
            ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
            records.forEach(taker);
            if (!records.isEmpty()) {
                patience = System.nanoTime() + PATIENCE.toNanos();
            } else if (System.nanoTime() - patience > 0) {
                throw new TimeoutException("no dead letter came within " + PATIENCE.toSeconds() + " s");
            }
        }
    }

    /**
     * Publishes the original where it stood, then marks the dead letter done. Killed in between, it stays open.
     *
     * @param letter one of {@link #open()}
     */
    public void retry(DeadLetter letter) {
        ProducerRecord<byte[], byte[]> again = original(letter).at(letter.source());
        try (Producer<byte[], byte[]> producer = topic.producer()) {
            DeadLetterTopic.answer(producer.send(again));
            DeadLetterTopic.answer(producer.send(DeadLetter.done(topic.name(), letter.id())));
        }
    }

    /** Marks the dead letter done; its record stays in the topic until retention takes it. */
    public void drop(DeadLetter letter) {
        try (Producer<byte[], byte[]> producer = topic.producer()) {
            DeadLetterTopic.answer(producer.send(DeadLetter.done(topic.name(), letter.id())));
        }
    }

    /** One reading of the topic; keeps no record's bytes. */
    private static final class Pass {

        private final Map<DeadLetter.Source, DeadLetter> first = new LinkedHashMap<>();
        private final Map<DeadLetter.Id, DeadLetter.Source> sources = new HashMap<>();
        private final Set<DeadLetter.Id> done = new HashSet<>();

        void take(ConsumerRecord<byte[], byte[]> record) {
            try {
                Optional<DeadLetter.Id> mark = DeadLetter.readDone(record);
                if (mark.isPresent()) {
                    done.add(mark.get());
                    return;
                }
                DeadLetter letter = DeadLetter.read(record);
                first.putIfAbsent(letter.source(), letter);
                sources.put(letter.id(), letter.source());
            } catch (IllegalArgumentException | java.time.DateTimeException e) {
                // Not written by us: nothing of ours waits in it.
                return;
            }
        }

        /** What is done is done for the record's other dead letters, too. */
        List<DeadLetter> open() {
            done.forEach(id -> Optional.ofNullable(sources.get(id)).ifPresent(first::remove));
            return List.copyOf(first.values());
        }
    }
}
