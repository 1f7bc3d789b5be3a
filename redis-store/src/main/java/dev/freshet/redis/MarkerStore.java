package dev.freshet.redis;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletionStage;

/**
 * Keeps a pipeline's marker in Redis. Redis persists and replicates its writes in their order; so where the marker of some
 * moment stands, everything stands that was applied before it. Thread-safe; a stage fails with
 * {@link CacheUnavailableException} where Redis did not reply.
 */
public interface MarkerStore {

    /**
     * How many replicas have to hold what was written, besides the primary.
     *
     * @param limit how long Redis waits for them
     */
    record Replicas(int count, Duration limit) {

        public static final Replicas NONE = new Replicas(0, Duration.ZERO);

        public Replicas {
            if (count < 0 || (count > 0 && limit.toMillis() <= 0)) {
                throw new IllegalArgumentException("waiting for " + count + " replicas for " + limit);
            }
        }
    }

    /** What became of {@link #mark}. */
    enum Marked {
        /** The marker stands, on the replicas as well. */
        DONE,
        /** The marker stands on the primary; too few replicas said in time that they hold it. */
        NOT_REPLICATED,
        /** Nothing was changed: it is another server, or something else stands there than was expected. */
        LOST
    }

    CompletionStage<Marker> marker(String pipeline);

    /**
     * Changes some fields of the marker, all or none.
     *
     * @param expected the server, and the fields' values before; a field that it lacks must not stand
     * @param fields the values from now on; a field with an empty value is removed
     */
    CompletionStage<Marked> mark(String pipeline, Marker expected, Map<String, String> fields, Replicas replicas);
}
