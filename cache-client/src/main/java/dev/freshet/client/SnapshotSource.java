package dev.freshet.client;

import dev.freshet.model.Snapshot;
import java.time.Instant;
import java.util.Optional;
import javax.sql.DataSource;

/** Asks the source what a query can see now. Thread-safe. */
@FunctionalInterface
public interface SnapshotSource {

    /**
     * A snapshot of the primary, taken now; empty where what is read now must not be cached: on a server in recovery, or
     * in a transaction that has written or was begun before.
     *
     * @throws Exception where the source cannot be asked; what is read then is not cached either
     */
    Optional<Snapshot> take() throws Exception;

    /**
     * The primary's clock, read now: a watermark's age is told by it. Empty where it is not told; then this machine's own
     * clock counts, and as much as it is behind the source's, values may be staler than allowed.
     *
     * @throws Exception where the source cannot be asked
     */
    default Optional<Instant> time() throws Exception {
        return Optional.empty();
    }

    /** @param primary connects to the primary, best through a pool */
    static SnapshotSource of(DataSource primary) {
        return new JdbcSnapshots(primary);
    }
}
