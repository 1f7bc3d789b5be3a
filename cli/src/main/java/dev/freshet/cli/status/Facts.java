package dev.freshet.cli.status;

import dev.freshet.model.Watermark;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** What the servers tell of a pipeline at one moment. Immutable. */
record Facts(Answer<Source> source, Answer<Log> log, Answer<Cache> cache) {

    /** What one server told, or why it told nothing. */
    sealed interface Answer<T> {

        record Told<T>(T fact) implements Answer<T> {}

        /** @param reason for people; without a secret */
        record Silent<T>(String reason) implements Answer<T> {}

        default Optional<T> told() {
            return this instanceof Told<T> told ? Optional.of(told.fact()) : Optional.empty();
        }
    }

    /**
     * PostgreSQL.
     *
     * @param now by its clock
     * @param slot empty where there is none
     */
    record Source(Instant now, Optional<Slot> slot) {}

    /**
     * The replication slot.
     *
     * @param lag bytes of log that the listener has not confirmed
     * @param retained bytes of log that the server keeps for it
     * @param invalidated why the server gave it up, where it did
     */
    record Slot(boolean active, long lag, long retained, String walStatus, Optional<String> invalidated) {}

    /**
     * Kafka.
     *
     * @param control whether the listener's control topic is there: a Debezium of somebody else's writes none
     * @param heartbeat the source's time in the newest heartbeat
     * @param missing topics of mapped tables that are not there
     * @param writers members of the consumer group
     * @param deadLetters that nobody has dealt with
     */
    record Log(
            boolean control,
            Optional<Instant> heartbeat,
            List<String> missing,
            int writers,
            List<Partition> partitions,
            int deadLetters) {
        Log {
            missing = List.copyOf(missing);
            partitions = List.copyOf(partitions);
        }

        long behind() {
            return partitions.stream().mapToLong(Partition::behind).sum();
        }

        /** How long the oldest record waits that is not applied; zero where none does. */
        Duration waiting() {
            return partitions.stream()
                    .map(partition -> partition.waiting().orElse(Duration.ZERO))
                    .max(Duration::compareTo)
                    .orElse(Duration.ZERO);
        }
    }

    /**
     * One partition of a table's topic.
     *
     * @param applied the consumer group's offset; empty where no writer has committed one
     * @param waiting how long the oldest record waits that is not applied, by the clock of this machine
     */
    record Partition(String topic, int number, OptionalLong applied, long end, Optional<Duration> waiting) {

        long behind() {
            return Math.max(0, end - applied.orElse(0));
        }
    }

    /** Redis. */
    record Cache(Optional<Watermark> watermark) {}
}
