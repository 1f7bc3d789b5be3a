package dev.freshet.writer.deadletter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.writer.ManualTimer;
import dev.freshet.writer.decode.UndecodableException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

final class DeadLettersTest {

    private static final Why WHY = Why.of(new UndecodableException("no JSON"), Set.of());

    private final ManualTimer thread = new ManualTimer();
    private final MockProducer<byte[], byte[]> producer =
            new MockProducer<>(false, null, new ByteArraySerializer(), new ByteArraySerializer());
    private boolean away;
    private int made;
    private int opened;

    private final DeadLetters letters = new DeadLetters(
            "shop",
            "shop.dead-letters",
            () -> {
                opened++;
                return producer;
            },
            () -> {
                if (away) {
                    throw new TimeoutException("Kafka is away");
                }
                made++;
            },
            thread,
            InstantSource.fixed(Instant.EPOCH),
            new Random(1));

    private static ConsumerRecord<byte[], byte[]> record(int offset) {
        return new ConsumerRecord<>("shop.public.books", 0, offset, null, new byte[] {1});
    }

    @Test
    void aLetterIsParkedWhenKafkaHoldsIt() {
        assertThat(opened).isZero();
        CompletableFuture<Void> first = letters.park(record(1), WHY);
        CompletableFuture<Void> second = letters.park(record(2), WHY);
        assertThat(producer.history()).hasSize(2);
        assertThat(first).isNotDone();

        producer.completeNext();

        assertThat(first).isCompleted();
        assertThat(second).isNotDone();
        producer.completeNext();
        assertThat(second).isCompleted();
        assertThat(made).isEqualTo(1);
        assertThat(opened).isEqualTo(1);
    }

    @Test
    void whatKafkaRefusesIsTriedAgainForAsLongAsItTakes() {
        CompletableFuture<Void> parked = letters.park(record(1), WHY);
        for (int i = 1; i <= 20; i++) {
            producer.errorNext(new RecordTooLargeException("too large"));
            assertThat(parked).isNotDone();
            thread.pass(Duration.ofSeconds(5));
            assertThat(producer.history()).hasSize(i + 1);
        }
        assertThat(made).describedAs("somebody may have deleted it").isEqualTo(21);

        producer.completeNext();

        assertThat(parked).isCompleted();
    }

    @Test
    void withoutItsTopicNothingIsSent() {
        away = true;
        letters.prepare();
        CompletableFuture<Void> parked = letters.park(record(1), WHY);
        thread.pass(Duration.ofMinutes(1));
        assertThat(producer.history()).isEmpty();

        away = false;
        thread.pass(Duration.ofSeconds(5));

        assertThat(producer.history()).hasSize(1);
        producer.completeNext();
        assertThat(parked).isCompleted();
    }

    @Test
    void soManyWaitAndNoMore() {
        for (int i = 0; i < 9_999; i++) {
            var unused = letters.park(record(i), WHY);
        }
        assertThat(letters.full()).isFalse();
        var unused = letters.park(record(9_999), WHY);
        assertThat(letters.full()).isTrue();

        producer.completeNext();

        assertThat(letters.full()).isFalse();
    }

    @Test
    void largeOnesFillItSooner() {
        byte[] large = new byte[40 << 20];
        ConsumerRecord<byte[], byte[]> record = new ConsumerRecord<>(
                "t",
                0,
                1,
                0,
                org.apache.kafka.common.record.TimestampType.CREATE_TIME,
                -1,
                large.length,
                null,
                large,
                new org.apache.kafka.common.header.internals.RecordHeaders(),
                java.util.Optional.empty());
        var first = letters.park(record, WHY);
        assertThat(letters.full()).isFalse();
        var second = letters.park(record, WHY);
        assertThat(letters.full()).isTrue();
        producer.completeNext();
        producer.completeNext();
        assertThat(first).isCompleted();
        assertThat(second).isCompleted();
        assertThat(letters.full()).isFalse();
    }

    @Test
    void closingGivesUpWhatWaits() {
        CompletableFuture<Void> parked = letters.park(record(1), WHY);
        letters.close();
        letters.close();
        assertThat(producer.closed()).isTrue();
        assertThat(parked).isNotDone();
    }
}
