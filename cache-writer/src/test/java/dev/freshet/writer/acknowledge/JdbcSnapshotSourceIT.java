package dev.freshet.writer.acknowledge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.model.Snapshot;
import dev.freshet.writer.TestDatabase;
import dev.freshet.writer.catalogue.SourceConnection;
import dev.freshet.writer.catalogue.SourceUnavailableException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class JdbcSnapshotSourceIT {

    private static TestDatabase database;
    private SourceConnection connection;

    @BeforeAll
    static void create() throws SQLException {
        database = new TestDatabase();
    }

    @AfterAll
    static void drop() throws SQLException {
        database.close();
    }

    @BeforeEach
    void start() throws SQLException {
        database.clear();
        connection = new SourceConnection(database.config(), "test");
        database.execute("create table t (a int)");
    }

    @AfterEach
    void end() {
        connection.close();
    }

    @Test
    void aSnapshotSeesATransactionOnceItHasCommitted() throws SQLException {
        SnapshotSource source = new JdbcSnapshotSource(connection);
        try (Connection other = database.connect();
                Statement statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute("insert into t values (1)");
            long id;
            try (ResultSet rows = statement.executeQuery("select pg_current_xact_id()::text")) {
                rows.next();
                id = Long.parseLong(rows.getString(1));
            }
            Snapshot during = source.take();
            assertThat(during.sees(id)).isFalse();
            other.commit();
            assertThat(source.take().sees(id)).isTrue();
            assertThat(during.sees(id)).isFalse();
        }
    }

    @Test
    void askingLeavesNoTransactionOpen() throws SQLException {
        new JdbcSnapshotSource(connection).take();
        assertThat(database.text("select state || coalesce(backend_xid::text, '') || coalesce(backend_xmin::text, '')"
                        + " from pg_stat_activity where application_name = 'freshet test'"))
                .isEqualTo("idle");
    }

    @Test
    void aBrokenConnectionIsMadeAnew() throws SQLException {
        SnapshotSource source = new JdbcSnapshotSource(connection);
        source.take();
        database.text(
                "select count(pg_terminate_backend(pid)) from pg_stat_activity where application_name = 'freshet test'");
        assertThatThrownBy(source::take).isInstanceOf(SourceUnavailableException.class);
        assertThat(source.take().xmax()).isPositive();
    }
}
