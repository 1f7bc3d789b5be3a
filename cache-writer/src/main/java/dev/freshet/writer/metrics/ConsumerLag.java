package dev.freshet.writer.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;

/**
 * How far each partition that is read is behind. Asks Kafka beside the writer's thread: where that waits for another
 * server, the consumer would not hear of new records. Thread-safe.
 */
public final class ConsumerLag {

    private final LogEnds log;
    private final InstantSource clock;
    private final MultiGauge records;
    private final MultiGauge seconds;
    private final Map<TopicPartition, PartitionLag> partitions = new ConcurrentHashMap<>();
    private volatile Optional<String> trouble = Optional.empty();
    private CompletableFuture<Map<TopicPartition, Long>> asked = CompletableFuture.completedFuture(Map.of());

    public ConsumerLag(MeterRegistry meters, LogEnds log, InstantSource clock) {
        this.log = log;
        this.clock = clock;
        this.records = MultiGauge.builder("freshet.writer.lag.records")
                .description("Records in Kafka that are not applied")
                .register(meters);
        this.seconds = MultiGauge.builder("freshet.writer.lag.seconds")
                .description("Their age")
                .register(meters);
    }

    /** The partition is read from there on. */
    public void reading(TopicPartition partition, long position) {
        partitions.put(partition, new PartitionLag(position));
        show();
    }

    /** These are read no more. */
    public void revoked(Collection<TopicPartition> gone) {
        partitions.keySet().removeAll(gone);
        show();
    }

    private synchronized void show() {
        records.register(
                partitions.entrySet().stream()
                        .map(one -> MultiGauge.Row.of(tags(one.getKey()), one.getValue(), PartitionLag::records))
                        .collect(Collectors.<MultiGauge.Row<?>>toList()),
                true);
        seconds.register(
                partitions.entrySet().stream()
                        .map(one -> MultiGauge.Row.of(
                                tags(one.getKey()), one.getValue(), lag -> lag.seconds(clock.millis())))
                        .collect(Collectors.<MultiGauge.Row<?>>toList()),
                true);
    }

    private static Tags tags(TopicPartition partition) {
        return Tags.of("topic", partition.topic(), "partition", Integer.toString(partition.partition()));
    }

    /** A poll returned these, which are applied next. */
    public void read(ConsumerRecords<byte[], byte[]> polled) {
        for (TopicPartition partition : polled.partitions()) {
            PartitionLag lag = partitions.get(partition);
            if (lag != null) {
                List<ConsumerRecord<byte[], byte[]>> ordered = polled.records(partition);
                ConsumerRecord<byte[], byte[]> last = ordered.get(ordered.size() - 1);
                lag.read(ordered.get(0).timestamp(), last.timestamp(), last.offset() + 1);
            }
        }
    }

    /** Redis has replied to all that was read; by partition, the offset after it. */
    public void applied(Map<TopicPartition, Long> next) {
        long now = clock.millis();
        next.forEach((partition, offset) -> {
            PartitionLag lag = partitions.get(partition);
            if (lag != null) {
                lag.applied(offset, now);
            }
        });
    }

    /** Asks Kafka how far the logs reach, unless it is still being asked. Does not block. */
    public synchronized void measure() {
        if (!asked.isDone() || partitions.isEmpty()) {
            return;
        }
        asked = log.ends(Map.copyOf(partitions).keySet()).toCompletableFuture();
        var unused = asked.whenComplete((ends, failure) -> {
            if (failure != null) {
                trouble = Optional.of("Kafka does not tell how far its topics reach");
                return;
            }
            trouble = Optional.empty();
            long now = clock.millis();
            ends.forEach((partition, end) ->
                    Optional.ofNullable(partitions.get(partition)).ifPresent(lag -> lag.ends(end, now)));
        });
    }

    /** Why Kafka could not be asked last, for people; empty where it could. */
    public Optional<String> trouble() {
        return trouble;
    }
}
