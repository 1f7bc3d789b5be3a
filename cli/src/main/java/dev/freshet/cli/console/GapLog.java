package dev.freshet.cli.console;

import dev.freshet.model.ControlRecord;
import dev.freshet.model.TableId;
import dev.freshet.model.config.FreshetConfig;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The gaps that the listener told of in the last hours, whichever writers flushed for them. Confined to one thread. */
final class GapLog implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(GapLog.class);

    /** Records of the control topic that are looked through at first: five hours of heartbeats. */
    private static final long BACK = 18_000;

    private static final int KEPT = 50;
    private static final Duration POLL = Duration.ofMillis(100);
    private static final Duration LIMIT = Duration.ofSeconds(5);

    private final TopicPartition partition;
    private final Map<String, Object> settings;
    private final Deque<Incident> gaps = new ArrayDeque<>();
    private Optional<Consumer<byte[], byte[]>> consumer = Optional.empty();
    private long next = -1;

    GapLog(FreshetConfig config, String bootstrapServers) {
        this.partition = new TopicPartition(config.topics().control(), 0);
        this.settings = new HashMap<>(config.kafka().properties());
        settings.put("bootstrap.servers", bootstrapServers);
        settings.put("client.id", "freshet-console");
        settings.put("default.api.timeout.ms", (int) LIMIT.toMillis());
        settings.put("request.timeout.ms", (int) LIMIT.toMillis());
        settings.put("enable.auto.commit", false);
        settings.put("auto.offset.reset", "earliest");
        settings.put("allow.auto.create.topics", false);
        settings.put("metric.reporters", "");
        settings.remove("group.id");
    }

    /** Reads what is new. Kafka away: what is known stays. The oldest first. */
    List<Incident> read() {
        try {
            look();
        } catch (KafkaException e) {
            LOG.debug("The control topic cannot be read for the console", e);
            close();
        }
        return List.copyOf(gaps);
    }

    private void look() {
        Consumer<byte[], byte[]> reader = consumer.orElseGet(this::open);
        consumer = Optional.of(reader);
        if (reader.partitionsFor(partition.topic()).isEmpty()) {
            return;
        }
        long end = reader.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
        if (reader.assignment().isEmpty()) {
            reader.assign(List.of(partition));
            long start = reader.beginningOffsets(List.of(partition)).getOrDefault(partition, 0L);
            reader.seek(partition, Math.max(next, Math.max(start, end - BACK)));
        }
        long until = System.nanoTime() + LIMIT.toNanos();
        while (reader.position(partition) < end && System.nanoTime() - until < 0) {
            reader.poll(POLL).forEach(this::take);
        }
        next = reader.position(partition);
    }

    private void take(ConsumerRecord<byte[], byte[]> record) {
        ControlRecord told;
        try {
            told = ControlRecord.parse(Optional.ofNullable(record.value()).orElse(new byte[0]));
        } catch (IllegalArgumentException e) {
            return; // The writer flushes for it, and that is told.
        }
        if (told instanceof ControlRecord.Gap gap) {
            String tables = gap.tables().isEmpty()
                    ? "all mapped tables"
                    : gap.tables().stream().map(TableId::toString).collect(Collectors.joining(", "));
            gaps.addLast(new Incident(gap.found(), Incident.Kind.GAP, gap.reason() + " (" + tables + ")"));
            if (gaps.size() > KEPT) {
                gaps.removeFirst();
            }
        }
    }

    private Consumer<byte[], byte[]> open() {
        return new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    @Override
    public void close() {
        consumer.ifPresent(reader -> reader.close(CloseOptions.timeout(Duration.ofSeconds(1))));
        consumer = Optional.empty();
    }
}
