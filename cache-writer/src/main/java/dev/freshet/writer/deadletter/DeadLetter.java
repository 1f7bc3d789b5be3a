package dev.freshet.writer.deadletter;

import dev.freshet.model.TableId;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;

/**
 * What is known of a record that could not be applied. In the dead-letter topic it is a record of the original's key,
 * value and headers, with headers of our own beside them that say all this. Immutable.
 *
 * @param id where it stands
 * @param source where the original stood
 * @param table the tables that the original's topic is named after; empty where there is none
 * @param cause for people; holds no value of the record
 * @param parkedAt when it was parked
 */
public record DeadLetter(Id id, Source source, Optional<String> table, String cause, Instant parkedAt) {

    private static final String OURS = "freshet.dead-letter.";
    private static final String PIPELINE = OURS + "pipeline";
    private static final String TOPIC = OURS + "topic";
    private static final String PARTITION = OURS + "partition";
    private static final String OFFSET = OURS + "offset";
    private static final String TIMESTAMP = OURS + "timestamp-ms";
    private static final String TABLE = OURS + "table";
    private static final String CAUSE_CLASS = OURS + "cause-class";
    private static final String CAUSE_MESSAGE = OURS + "cause-message";
    private static final String PARKED_AT = OURS + "parked-at";

    /** In a record without key and value: the dead letter of this id needs nobody any more. */
    private static final String DONE = OURS + "done";

    /** Partition and offset in the dead-letter topic, written {@code partition:offset}. */
    public record Id(int partition, long offset) {

        /** @throws IllegalArgumentException where the text has another form */
        public static Id parse(String text) {
            int colon = text.indexOf(':');
            try {
                int partition = Integer.parseInt(text.substring(0, Math.max(colon, 0)));
                return new Id(partition, Long.parseLong(text.substring(colon + 1)));
            } catch (NumberFormatException e) {
                throw new IllegalArgumentException("'" + text + "' is no id of the form partition:offset", e);
            }
        }

        @Override
        public String toString() {
            return partition + ":" + offset;
        }
    }

    /**
     * Where the original stood. A writer that was killed before it acknowledged parks the same record again.
     *
     * @param timestamp as Kafka has it; tells records of a topic that was made anew apart
     */
    public record Source(String topic, int partition, long offset, Instant timestamp) {}

    /** What the original holds. Its arrays are not to be changed. */
    public static final class Original {

        private final ConsumerRecord<byte[], byte[]> stored;

        /** @param stored the dead letter's record */
        Original(ConsumerRecord<byte[], byte[]> stored) {
            this.stored = stored;
        }

        public Optional<byte[]> key() {
            return Optional.ofNullable(stored.key());
        }

        public Optional<byte[]> value() {
            return Optional.ofNullable(stored.value());
        }

        /** In their order; without ours. */
        public List<Header> headers() {
            return foreign(stored.headers());
        }

        /** To be stored where it stood. */
        ProducerRecord<byte[], byte[]> at(Source source) {
            return new ProducerRecord<>(source.topic(), source.partition(), stored.key(), stored.value(), headers());
        }
    }

    /** What to store for a record that could not be applied. */
    static ProducerRecord<byte[], byte[]> of(
            String pipeline, String topic, ConsumerRecord<byte[], byte[]> original, Why why, Instant now) {
        ProducerRecord<byte[], byte[]> letter =
                new ProducerRecord<>(topic, null, original.key(), original.value(), foreign(original.headers()));
        Headers headers = letter.headers();
        add(headers, PIPELINE, pipeline);
        add(headers, TOPIC, original.topic());
        add(headers, PARTITION, Integer.toString(original.partition()));
        add(headers, OFFSET, Long.toString(original.offset()));
        add(headers, TIMESTAMP, Long.toString(original.timestamp()));
        if (!why.tables().isEmpty()) {
            add(headers, TABLE, names(why.tables()));
        }
        add(headers, CAUSE_CLASS, why.causeClass());
        add(headers, CAUSE_MESSAGE, why.causeMessage());
        add(headers, PARKED_AT, now.toString());
        return letter;
    }

    /** Headers that look like ours would say what we did not. */
    private static List<Header> foreign(Headers headers) {
        return StreamSupport.stream(headers.spliterator(), false)
                .filter(header -> !header.key().startsWith(OURS))
                .toList();
    }

    private static String names(Set<TableId> tables) {
        return tables.stream().sorted().map(TableId::toString).collect(Collectors.joining(", "));
    }

    private static void add(Headers headers, String name, String text) {
        headers.add(name, text.getBytes(StandardCharsets.UTF_8));
    }

    /** What to store beside a dead letter that is done. */
    static ProducerRecord<byte[], byte[]> done(String topic, Id id) {
        ProducerRecord<byte[], byte[]> done = new ProducerRecord<>(topic, id.partition(), null, null);
        add(done.headers(), DONE, id.toString());
        return done;
    }

    /**
     * The dead letter that a record says is done; empty where it says so of none.
     *
     * @throws RuntimeException where no writer and no command of ours wrote it
     */
    static Optional<Id> readDone(ConsumerRecord<byte[], byte[]> stored) {
        return text(stored, DONE).map(Id::parse);
    }

    /**
     * The dead letter that a record is.
     *
     * @throws RuntimeException where no writer wrote it
     */
    static DeadLetter read(ConsumerRecord<byte[], byte[]> stored) {
        return new DeadLetter(
                new Id(stored.partition(), stored.offset()),
                new Source(
                        required(stored, TOPIC),
                        Integer.parseInt(required(stored, PARTITION)),
                        Long.parseLong(required(stored, OFFSET)),
                        Instant.ofEpochMilli(Long.parseLong(required(stored, TIMESTAMP)))),
                text(stored, TABLE),
                required(stored, CAUSE_CLASS) + ": " + required(stored, CAUSE_MESSAGE),
                Instant.parse(required(stored, PARKED_AT)));
    }

    private static String required(ConsumerRecord<byte[], byte[]> stored, String name) {
        return text(stored, name).orElseThrow(() -> new IllegalArgumentException("the header " + name + " is missing"));
    }

    private static Optional<String> text(ConsumerRecord<byte[], byte[]> stored, String name) {
        return Optional.ofNullable(stored.headers().lastHeader(name))
                .map(Header::value)
                .map(bytes -> new String(bytes, StandardCharsets.UTF_8));
    }
}
