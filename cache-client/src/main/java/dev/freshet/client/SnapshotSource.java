package dev.freshet.client;

import dev.freshet.model.Snapshot;
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

    /** @param primary connects to the primary, best through a pool */
    static SnapshotSource of(DataSource primary) {
        return () -> {
            try (java.sql.Connection connection = primary.getConnection()) {
                return JdbcSnapshots.take(connection);
            }
        };
    }
}
