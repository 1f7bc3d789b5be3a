package dev.freshet.writer;

import dev.freshet.writer.deadletter.Why;
import java.util.Set;
import org.apache.kafka.common.KafkaException;

/** The writer met what only a person can mend, and stopped without acknowledging what it had not applied. */
public final class WriterStoppedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private WriterStoppedException(String message, Throwable cause) {
        super(message, cause);
    }

    /** Kafka's messages name topics, groups and settings; those of others may name anything. */
    static WriterStoppedException because(RuntimeException failure) {
        String reason = failure instanceof KafkaException
                ? failure.getClass().getSimpleName() + ": " + failure.getMessage()
                : Why.of(failure, Set.of()).toString();
        return new WriterStoppedException(reason, failure);
    }
}
