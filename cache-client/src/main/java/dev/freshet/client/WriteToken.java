package dev.freshet.client;

import dev.freshet.model.LogPosition;
import dev.freshet.model.Lsn;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * Stands for everything that was committed before it was taken: a read {@link ReadOptions#notOlderThan not older} than it
 * returns nothing from before. Its text may travel to another process, in a cookie or a header; of several tokens of one
 * database the one taken last stands for all.
 *
 * @param position in the log of the primary
 */
public record WriteToken(LogPosition position) {

    /** The log's timeline stands first in the name of its file; pg_control_checkpoint() learns of a promotion later. */
    private static final String QUERY =
            "SELECT (pg_control_system()).system_identifier::text, left(pg_walfile_name(here), 8),"
                    + " here::text, pg_current_xact_id_if_assigned() IS NOT NULL FROM pg_current_wal_insert_lsn() AS here";

    /**
     * Takes a token, after a commit, over any connection to the same primary. Any role may.
     *
     * @throws IllegalStateException within a transaction that has written: its commit would come after the token
     * @throws SQLException where the database cannot be asked, or is a standby
     */
    public static WriteToken take(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(QUERY)) {
            if (!row.next()) {
                throw new SQLException("the database did not tell where its log is");
            }
            if (row.getBoolean(4)) {
                throw new IllegalStateException(
                        "a transaction that has written is under way here: take the token after its commit");
            }
            long timeline = Long.parseLong(row.getString(2), 16);
            return new WriteToken(new LogPosition(row.getString(1), timeline, Lsn.parse(row.getString(3))));
        }
    }

    /**
     * Reads what {@link #toString} wrote.
     *
     * @throws IllegalArgumentException where the text is of another form
     */
    public static WriteToken parse(String text) {
        return new WriteToken(LogPosition.parse(text));
    }

    /** {@code 7301234567890123456:1:16/B374D848}. */
    @Override
    public String toString() {
        return position.toString();
    }
}
