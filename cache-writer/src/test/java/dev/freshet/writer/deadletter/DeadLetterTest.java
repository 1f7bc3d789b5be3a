package dev.freshet.writer.deadletter;

import static dev.freshet.writer.Tables.BOOKS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.writer.decode.UndecodableException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class DeadLetterTest {

    private static final Instant NOW = Instant.parse("2026-11-21T04:05:06.007Z");
    private static final byte[] KEY = {0, -1, 7};
    private static final byte[] VALUE = {'{', -1, 0};

    private static ConsumerRecord<byte[], byte[]> record(
            String topic, int partition, long offset, Iterable<Header> headers, byte[] key, byte[] value) {
        return new ConsumerRecord<>(
                topic,
                partition,
                offset,
                1_700_000_000_123L,
                TimestampType.CREATE_TIME,
                3,
                3,
                key,
                value,
                new RecordHeaders(headers),
                Optional.empty());
    }

    private static ConsumerRecord<byte[], byte[]> poison() {
        RecordHeaders headers = new RecordHeaders();
        headers.add("freshet.epoch", new byte[] {'4'})
                .add("trace", new byte[] {-1})
                .add("trace", null);
        headers.add("freshet.dead-letter.done", "0:0".getBytes(StandardCharsets.UTF_8));
        return record("shop.public.books", 4, 17, headers, KEY, VALUE);
    }

    /** As it is read back from the dead-letter topic. */
    private static ConsumerRecord<byte[], byte[]> stored(ProducerRecord<byte[], byte[]> record, long offset) {
        return record(record.topic(), 0, offset, record.headers(), record.key(), record.value());
    }

    private static ProducerRecord<byte[], byte[]> letter(Why why) {
        return DeadLetter.of("shop", "shop.dead-letters", poison(), why, NOW);
    }

    @Test
    void itKeepsTheOriginalAndSaysWhereItStoodAndWhy() {
        ProducerRecord<byte[], byte[]> written =
                letter(Why.of(new UndecodableException("the value is no JSON"), Set.of(BOOKS)));

        DeadLetter letter = DeadLetter.read(stored(written, 9));

        assertThat(written.topic()).isEqualTo("shop.dead-letters");
        assertThat(letter)
                .isEqualTo(new DeadLetter(
                        new DeadLetter.Id(0, 9),
                        new DeadLetter.Source("shop.public.books", 4, 17, Instant.ofEpochMilli(1_700_000_000_123L)),
                        Optional.of("public.books"),
                        "UndecodableException: the value is no JSON",
                        NOW));
        assertThat(DeadLetter.readDone(stored(written, 9)))
                .describedAs("what the original's headers say is not said by us")
                .isEmpty();
        ProducerRecord<byte[], byte[]> again = new DeadLetter.Original(stored(written, 9)).at(letter.source());
        assertThat(again.topic()).isEqualTo("shop.public.books");
        assertThat(again.partition()).isEqualTo(4);
        assertThat(again.key()).isEqualTo(KEY);
        assertThat(again.value()).isEqualTo(VALUE);
        assertThat(again.headers())
                .extracting(Header::key, Header::value)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("freshet.epoch", new byte[] {'4'}),
                        org.assertj.core.groups.Tuple.tuple("trace", new byte[] {-1}),
                        org.assertj.core.groups.Tuple.tuple("trace", null));
    }

    @Test
    void ofAForeignFailureOnlyThePlaceIsTold() {
        Why why = Why.of(new IllegalStateException("s3cret"), Set.of());

        assertThat(why.toString())
                .startsWith("IllegalStateException: thrown below dev.freshet.writer.deadletter.DeadLetterTest.")
                .doesNotContain("s3cret");
        assertThat(DeadLetter.read(stored(letter(why), 1)).table()).isEmpty();
    }

    @Test
    void aMarkNamesTheLetterThatIsDone() {
        ProducerRecord<byte[], byte[]> mark = DeadLetter.done("shop.dead-letters", new DeadLetter.Id(2, 30));

        assertThat(mark.partition()).isEqualTo(2);
        assertThat(DeadLetter.readDone(stored(mark, 31))).contains(new DeadLetter.Id(2, 30));
        assertThatThrownBy(() -> DeadLetter.read(stored(mark, 31))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void anIdIsPartitionAndOffset() {
        assertThat(DeadLetter.Id.parse("3:1234567890123")).isEqualTo(new DeadLetter.Id(3, 1234567890123L));
        assertThat(new DeadLetter.Id(3, 7)).hasToString("3:7");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "7", ":7", "0:", "a:b", "0:1:2"})
    void whatIsNoIdIsRefused(String text) {
        assertThatThrownBy(() -> DeadLetter.Id.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("'" + text + "' is no id of the form partition:offset");
    }
}
