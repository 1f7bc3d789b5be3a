package dev.freshet.writer.failure;

import dev.freshet.redis.CacheUnavailableException;
import dev.freshet.writer.catalogue.SourceUnavailableException;
import dev.freshet.writer.decode.UndecodableException;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RetriableException;

/** What the writer does about a failure. */
public enum Reaction {
    /** A server is away and comes back: the place is held, the same is tried again after a wait. */
    RETRY,
    /** The record will never do: it goes to the dead letters, what it may touch is invalidated, the line goes on. */
    PARK,
    /** Only a person can mend it: the writer ends, without acknowledging what it had not applied. */
    STOP;

    /** Where a failure came up. */
    public enum At {
        /** While one record was decoded or planned: whatever else goes wrong there, that record is to blame. */
        RECORD,
        ELSEWHERE
    }

    private record Row(Class<? extends Throwable> failure, Reaction inRecord, Reaction elsewhere) {}

    /** From the kind of failure to what happens, in a record and elsewhere; the first row that fits holds. */
    private static final List<Row> TABLE = List.of(
            new Row(CacheUnavailableException.class, RETRY, RETRY),
            new Row(SourceUnavailableException.class, RETRY, RETRY),
            // Kafka's clients retry by themselves first; what they report may still pass: a timeout, no leader.
            new Row(RetriableException.class, RETRY, RETRY),
            // Credentials, rights, a property; the call to end comes as one of these, too.
            new Row(KafkaException.class, STOP, STOP),
            new Row(UndecodableException.class, PARK, STOP),
            // A record that nobody thought of, or a defect of ours.
            new Row(RuntimeException.class, PARK, STOP));

    /** What is to be done. */
    public static Reaction to(Throwable failure, At at) {
        Throwable cause = cause(failure);
        return TABLE.stream()
                .filter(row -> row.failure().isInstance(cause))
                .findFirst()
                .map(row -> at == At.RECORD ? row.inRecord() : row.elsewhere())
                .orElse(STOP);
    }

    /** What a future failed with, out of its wrapping. */
    public static Throwable cause(Throwable failure) {
        Throwable cause = failure;
        while ((cause instanceof CompletionException || cause instanceof ExecutionException)
                && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }
}
