package dev.freshet.listener;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.NullNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** Reads topics from their beginning, as JSON. One thread. */
final class TopicReader implements AutoCloseable {

    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final Consumer<byte[], byte[]> consumer;
    private final List<Read> records = new ArrayList<>();

    /** @param value JSON's null for a tombstone */
    record Read(int partition, long offset, JsonNode key, JsonNode value, boolean tombstone, String epoch) {
        String op() {
            return tombstone ? "tombstone" : value.path("op").asText();
        }
    }

    TopicReader(Consumer<byte[], byte[]> consumer, List<String> topics) {
        this.consumer = consumer;
        List<TopicPartition> partitions = new ArrayList<>();
        for (String topic : topics) {
            consumer.partitionsFor(topic).forEach(p -> partitions.add(new TopicPartition(topic, p.partition())));
        }
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
    }

    /** Everything read so far, once it fulfils the condition. */
    List<Read> until(Predicate<List<Read>> enough) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!enough.test(records)) {
            if (System.nanoTime() - end > 0) {
                throw new AssertionError("not within a minute; " + records.size() + " records were read");
            }
            poll();
        }
        return records;
    }

    /** Everything that the topics held when this was called. */
    List<Read> untilEnd() {
        var ends = consumer.endOffsets(consumer.assignment());
        while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
            poll();
        }
        return records;
    }

    /** Each partition's end offset now, in the partitions' order. */
    List<Long> ends() {
        return consumer.endOffsets(consumer.assignment()).entrySet().stream()
                .sorted(Comparator.comparingInt(end -> end.getKey().partition()))
                .map(Map.Entry::getValue)
                .toList();
    }

    private void poll() {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(200))) {
            var header = record.headers().lastHeader(ChangePublisher.EPOCH_HEADER);
            records.add(new Read(
                    record.partition(),
                    record.offset(),
                    json(record.key()),
                    json(record.value()),
                    record.value() == null,
                    header == null ? "" : new String(header.value(), StandardCharsets.US_ASCII)));
        }
    }

    private static JsonNode json(byte @Nullable [] bytes) {
        try {
            return bytes == null ? NullNode.getInstance() : MAPPER.readTree(bytes);
        } catch (IOException e) {
            return MAPPER.getNodeFactory().textNode(new String(bytes, StandardCharsets.UTF_8));
        }
    }

    @Override
    public void close() {
        consumer.close();
    }
}
