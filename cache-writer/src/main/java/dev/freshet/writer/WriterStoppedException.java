package dev.freshet.writer;

import dev.freshet.writer.deadletter.Why;
import dev.freshet.writer.failure.Reaction;
import java.util.Set;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;

/**
 * The writer met what only a person can mend, and stopped without acknowledging what it had not applied. Neither message
 * nor cause holds a value of a row.
 */
public final class WriterStoppedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private WriterStoppedException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    static WriterStoppedException because(RuntimeException failure) {
        Throwable cause = Reaction.cause(failure);
        if (cause instanceof KafkaException) {
            // Its messages name topics, groups and settings.
            return new WriterStoppedException(cause.getClass().getSimpleName() + ": " + cause.getMessage(), cause);
        }
        // The message of a failure that nobody thought of may quote anything; the place is told all the same.
        WriterStoppedException stopped =
                new WriterStoppedException(Why.of(cause, Set.of()).toString(), null);
        stopped.setStackTrace(cause.getStackTrace());
        return stopped;
    }
}
