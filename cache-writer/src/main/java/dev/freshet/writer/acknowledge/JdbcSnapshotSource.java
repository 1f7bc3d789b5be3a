package dev.freshet.writer.acknowledge;

import dev.freshet.model.Snapshot;
import dev.freshet.writer.catalogue.SourceConnection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** Asks PostgreSQL. Thread-confined. */
public final class JdbcSnapshotSource implements SnapshotSource {

    private final SourceConnection source;

    public JdbcSnapshotSource(SourceConnection source) {
        this.source = source;
    }

    @Override
    public Snapshot take() {
        return source.call(connection -> {
            try (Statement statement = connection.createStatement();
                    ResultSet rows =
                            statement.executeQuery("SELECT pg_current_snapshot()::text, pg_is_in_recovery()")) {
                rows.next();
                if (rows.getBoolean(2)) {
                    throw new SQLException("the server is in recovery; a snapshot there proves nothing", "25006");
                }
                return Snapshot.parse(rows.getString(1));
            }
        });
    }
}
