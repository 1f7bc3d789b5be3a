package dev.freshet.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.model.LogPosition;
import dev.freshet.model.Lsn;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the source tells of its log and its clock, to a role without any right. */
class WriteTokenIT {

    private static final String ROLE = "freshet_token_role";

    private final Source source = new Source();

    @AfterEach
    void close() {
        source.close();
    }

    @Test
    void itStandsForWhatWasCommittedBeforeAndNotForWhatComesAfter() throws SQLException {
        try (Connection writer = source.connect();
                Statement statement = writer.createStatement()) {
            WriteToken before = WriteToken.take(writer);
            statement.execute("INSERT INTO books VALUES (1, 'Emma')");
            // What a heartbeat's position would be: the message begins where the log ends.
            Lsn message = message(statement);
            WriteToken after = WriteToken.take(writer);

            assertThat(before.position().lsn()).isLessThan(message);
            assertThat(after.position().lsn()).isGreaterThan(message);
            assertThat(after.position().covers(before.position())).isTrue();
            assertThat(before.position().covers(after.position())).isFalse();
            assertThat(WriteToken.parse(after.toString())).isEqualTo(after);
            assertThat(after.position().system())
                    .isEqualTo(text(statement, "SELECT system_identifier FROM pg_control_system()"));
            assertThat(after.position().timeline()).isEqualTo(1);
            // The next message comes after all that the token stands for.
            assertThat(message(statement))
                    .isGreaterThanOrEqualTo(after.position().lsn());
        }
    }

    /** A commit may return before the log is written down. */
    @Test
    void itStandsForWhatIsNotFlushedYet() throws SQLException {
        try (Connection writer = source.connect();
                Statement statement = writer.createStatement()) {
            statement.execute("SET synchronous_commit = off");
            for (int id = 0; id < 100; id++) {
                Lsn begin = Lsn.parse(text(statement, "SELECT pg_current_wal_insert_lsn()::text"));
                statement.execute("INSERT INTO books VALUES (" + id + ", 'Emma')");
                Lsn end = Lsn.parse(text(statement, "SELECT pg_current_wal_insert_lsn()::text"));
                assertThat(end).isGreaterThan(begin);
                assertThat(WriteToken.take(writer).position().lsn()).isGreaterThanOrEqualTo(end);
            }
        }
    }

    @Test
    void anyRoleMayTakeOne() throws SQLException {
        source.execute(
                "DROP ROLE IF EXISTS " + ROLE, "CREATE ROLE " + ROLE + " LOGIN NOSUPERUSER NOINHERIT PASSWORD 'token'");
        try (Connection administrator = source.connect();
                Connection plain =
                        DriverManager.getConnection(administrator.getMetaData().getURL(), ROLE, "token")) {
            LogPosition before = WriteToken.take(administrator).position();
            assertThat(WriteToken.take(plain).position().covers(before)).isTrue();
        } finally {
            source.execute("DROP ROLE " + ROLE);
        }
    }

    @Test
    void withinATransactionThatHasWrittenItIsRefused() throws SQLException {
        try (Connection writer = source.connect();
                Statement statement = writer.createStatement()) {
            writer.setAutoCommit(false);
            WriteToken.take(writer);
            statement.execute("INSERT INTO books VALUES (1, 'Emma')");
            assertThatThrownBy(() -> WriteToken.take(writer))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("after its commit");
            writer.commit();
            WriteToken.take(writer);
        }
    }

    @Test
    void theSourcesClockIsToldAsItIsNow() throws Exception {
        try (Connection open = source.connect()) {
            open.setAutoCommit(false);
            SnapshotSource told = SnapshotSource.of(new OneConnection(open));
            Instant first = told.time().orElseThrow();
            Instant second = told.time().orElseThrow();
            assertThat(second).as("within one transaction").isAfter(first);
            assertThat(first)
                    .isBetween(Instant.now().minusSeconds(60), Instant.now().plusSeconds(60));
        }
    }

    private static Lsn message(Statement statement) throws SQLException {
        return Lsn.parse(text(
                statement,
                "SELECT here::text FROM (SELECT pg_current_wal_insert_lsn() AS here,"
                        + " pg_logical_emit_message(false, 'test', 'x')) AS beat"));
    }

    private static String text(Statement statement, String sql) throws SQLException {
        try (ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getString(1);
        }
    }
}
