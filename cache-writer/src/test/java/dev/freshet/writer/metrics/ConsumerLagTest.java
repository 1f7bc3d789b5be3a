package dev.freshet.writer.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;

class ConsumerLagTest {

    private static final TopicPartition BOOKS = new TopicPartition("shop.public.books", 1);

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private CompletableFuture<Map<TopicPartition, Long>> ends = CompletableFuture.completedFuture(Map.of());
    private int asked;
    private long now = 100_000;
    private final ConsumerLag lag = new ConsumerLag(
            meters,
            partitions -> {
                asked++;
                return ends;
            },
            () -> Instant.ofEpochMilli(now));

    private double gauge(String name) {
        return Optional.ofNullable(meters.find(name)
                        .tags("topic", BOOKS.topic(), "partition", "1")
                        .gauge())
                .map(Gauge::value)
                .orElse(-1.0);
    }

    private double records() {
        return gauge("freshet.writer.lag.records");
    }

    private double seconds() {
        return gauge("freshet.writer.lag.seconds");
    }

    private void end(long offset) {
        ends = CompletableFuture.completedFuture(Map.of(BOOKS, offset));
        lag.measure();
    }

    /** Polls records of these offsets, one second apart, the first written at this time. */
    private void read(long from, long to, long written) {
        List<ConsumerRecord<byte[], byte[]>> records = new java.util.ArrayList<>();
        for (long offset = from; offset <= to; offset++) {
            records.add(new ConsumerRecord<>(
                    BOOKS.topic(),
                    BOOKS.partition(),
                    offset,
                    written + 1_000 * (offset - from),
                    TimestampType.CREATE_TIME,
                    0,
                    0,
                    null,
                    new byte[0],
                    new RecordHeaders(),
                    Optional.empty()));
        }
        lag.read(new ConsumerRecords<>(Map.of(BOOKS, records), new HashMap<>()));
    }

    @Test
    void whatIsReadAndNotAppliedIsAsOldAsItsOldestRecord() {
        lag.reading(BOOKS, 5);
        assertThat(records()).isZero();

        read(5, 7, 97_000);

        assertThat(records()).isEqualTo(3);
        assertThat(seconds()).isEqualTo(3);
        lag.applied(Map.of(BOOKS, 8L));
        assertThat(records()).isZero();
        assertThat(seconds()).isZero();
    }

    @Test
    void whatIsNotReadIsAsOldAsItWasNoticedWhereTheWriterHadCaughtUp() {
        lag.reading(BOOKS, 5);
        read(5, 5, 10_000); // long ago: a quiet table
        lag.applied(Map.of(BOOKS, 6L));
        now += 1_000;
        end(8);
        assertThat(records()).isEqualTo(2);
        assertThat(seconds()).as("not the age of the last record").isZero();

        now += 4_000;
        end(9);

        assertThat(records()).isEqualTo(3);
        assertThat(seconds()).isEqualTo(4);
    }

    @Test
    void whatIsNotReadIsAsOldAsTheLastRecordWhereTheWriterNeverCaughtUp() {
        lag.reading(BOOKS, 0);
        end(1_000);
        now += 1_000;
        read(0, 9, 50_000);
        lag.applied(Map.of(BOOKS, 10L));

        assertThat(records()).isEqualTo(990);
        assertThat(seconds()).isEqualTo((101_000 - 59_000) / 1000.0);
    }

    @Test
    void aPartitionThatIsAnothersIsToldNoMore() {
        lag.reading(BOOKS, 0);
        end(1_000);
        assertThat(records()).isEqualTo(1_000);

        lag.revoked(List.of(BOOKS));
        assertThat(records()).as("no series").isEqualTo(-1);
        assertThat(seconds()).isEqualTo(-1);

        lag.reading(BOOKS, 600);
        assertThat(records()).as("anew").isZero();
    }

    @Test
    void aKafkaThatDoesNotAnswerIsTroubleAndIsNotAskedTwiceAtOnce() {
        lag.reading(BOOKS, 0);
        ends = new CompletableFuture<>();
        lag.measure();
        lag.measure();
        assertThat(asked).isEqualTo(1);
        assertThat(lag.trouble()).isEmpty();

        ends.completeExceptionally(new IllegalStateException("away"));
        assertThat(lag.trouble()).isPresent();

        end(3);
        assertThat(lag.trouble()).isEmpty();
        assertThat(records()).isEqualTo(3);
    }
}
