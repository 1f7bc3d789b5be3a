package dev.freshet.listener;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.ObjIntConsumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RecordTooLargeException;

/** Publishes through one idempotent producer. Thread-safe. */
final class KafkaChangePublisher implements ChangePublisher {

    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(5);

    /** Room for the batch's and the record's own bytes, the header, and what incompressible data gains in lz4. */
    private static final int OVERHEAD = 1024;

    private static final int SMALLEST_REQUEST = 1_048_576;

    private final Producer<byte[], byte[]> producer;
    private final Map<String, Integer> limits;
    private final Map<String, List<Long>> ends;
    private final TopicWatch topics;
    private final ObjIntConsumer<String> tooLarge;

    /**
     * @param limits each topic's {@code max.message.bytes}
     * @param ends each partition's end offset, by topic
     * @param topics closed with the publisher
     * @param tooLarge told when a broker refuses a record of this size that should have fitted
     */
    KafkaChangePublisher(
            KafkaClients clients,
            Map<String, Integer> limits,
            Map<String, List<Long>> ends,
            TopicWatch topics,
            ObjIntConsumer<String> tooLarge) {
        this.limits = Map.copyOf(limits);
        this.ends = Map.copyOf(ends);
        this.topics = topics;
        this.tooLarge = tooLarge;
        int largest = limits.values().stream().mapToInt(Integer::intValue).max().orElse(0);
        this.producer = clients.producer(Math.max(largest, SMALLEST_REQUEST));
    }

    @Override
    @SuppressWarnings("FutureReturnValueIgnored") // the callback is told the same
    public void send(OutgoingRecord record, Acknowledgement acknowledgement) {
        // Rows without a key have no order but that of their partition.
        Integer partition = record.key() == null ? 0 : null;
        ProducerRecord<byte[], byte[]> outgoing =
                new ProducerRecord<>(record.topic(), partition, record.key(), record.value());
        outgoing.headers().add(EPOCH_HEADER, Long.toString(record.epoch()).getBytes(StandardCharsets.US_ASCII));
        // The callback outlives the send: with the record in it, a backlog would stay in memory uncompressed.
        String topic = record.topic();
        int size = record.size();
        try {
            producer.send(outgoing, (stored, refusal) -> {
                if (refusal == null) {
                    acknowledgement.stored(stored.partition(), stored.offset());
                } else {
                    refused(topic, size, refusal, acknowledgement);
                }
            });
        } catch (KafkaException | IllegalStateException e) {
            throw new ListenerException("Kafka does not take records for " + record.topic(), e);
        }
    }

    private void refused(String topic, int size, Exception refusal, Acknowledgement acknowledgement) {
        if (refusal instanceof RecordTooLargeException) {
            tooLarge.accept(topic, size);
        }
        acknowledgement.refused(new ListenerException("Kafka did not store a record of " + topic, refusal));
    }

    @Override
    public int largestRecord(String topic) {
        int limit = limits.getOrDefault(topic, SMALLEST_REQUEST);
        return limit - OVERHEAD - limit / 128;
    }

    @Override
    public Map<String, List<Long>> endOffsets() {
        return ends;
    }

    @Override
    public void check(Consumer<Exception> broken) {
        topics.look(broken);
    }

    @Override
    public void abandon() {
        producer.close(Duration.ZERO);
    }

    @Override
    public void close() {
        topics.close();
        producer.close(CLOSE_LIMIT);
    }
}
