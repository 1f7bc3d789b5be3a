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
     * A field that a store tells by itself, of a cluster alone, where a key and the tags that it is filed under stand on
     * several primaries: one of them has become another server, which may not hold all that was filed on the one before. It
     * stands until it is removed by {@link #mark}, after everything was removed that may have been filed.
     */
    String FILINGS_LOST = "filings-lost";

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
     * @param expected the server, and the fields' values before, as this store read them; a field that it lacks must not stand
     * @param fields the values from now on; a field with an empty value is removed
     */
    CompletionStage<Marked> mark(String pipeline, Marker expected, Map<String, String> fields, Replicas replicas);
}
