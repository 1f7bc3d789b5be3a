package dev.freshet.cli;

import dev.freshet.listener.CaptureSettings;
import dev.freshet.listener.SourceSql;
import dev.freshet.model.SqlIdentifier;
import dev.freshet.model.TableId;
import dev.freshet.model.config.FreshetConfig;
import java.io.PrintStream;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.postgresql.PGConnection;

/** Makes what is missing at the source, and removes it, statement by statement, printing each. Run again, it goes on. */
final class SourceSetup {

    private final FreshetConfig config;
    private final SourceSql sql;
    private final PrintStream out;

    SourceSetup(FreshetConfig config, PrintStream out) {
        this.config = config;
        this.sql = new SourceSql(CaptureSettings.of(config));
        this.out = out;
    }

    /** @param role whether to make the role and grant it its rights, too */
    void make(Connection connection, boolean role) throws SQLException {
        int version = connection.getMetaData().getDatabaseMajorVersion() * 10000;
        if (role) {
            role(connection);
        }
        publication(connection);
        if (!exists(connection, "SELECT FROM pg_catalog.pg_replication_slots WHERE slot_name = ?", config.slot())) {
            execute(connection, sql.createSlot(version));
        }
    }

    private void role(Connection connection) throws SQLException {
        String user = config.postgres().user();
        if (!roleExists(connection)) {
            execute(connection, sql.createRole());
            String password = config.postgres().password().reveal();
            if (!password.isEmpty()) {
                // Hashed here, so that the password itself is in no log of the server.
                connection.unwrap(PGConnection.class).alterUserPassword(user, password.toCharArray(), null);
            }
        } else if (!exists(
                connection,
                "SELECT FROM pg_catalog.pg_roles WHERE rolname = ? AND (rolreplication OR rolsuper)",
                user)) {
            execute(connection, "ALTER ROLE " + SqlIdentifier.quote(user) + " REPLICATION;");
        }
        for (String grant : sql.grants(connection.getCatalog())) {
            execute(connection, grant);
        }
    }

    private void publication(Connection connection) throws SQLException {
        String name = config.publication();
        if (!exists(connection, "SELECT FROM pg_catalog.pg_publication WHERE pubname = ?", name)) {
            execute(connection, sql.createPublication());
            return;
        }
        if (!exists(
                connection,
                "SELECT FROM pg_catalog.pg_publication WHERE pubname = ? AND pubviaroot AND pubinsert AND pubupdate"
                        + " AND pubdelete AND pubtruncate",
                name)) {
            execute(connection, sql.alterPublicationOptions());
        }
        Set<TableId> missing = new TreeSet<>(config.tables());
        try (PreparedStatement statement = connection.prepareStatement(
                "SELECT schemaname, tablename FROM pg_catalog.pg_publication_tables WHERE pubname = ?")) {
            statement.setString(1, name);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    missing.remove(new TableId(rows.getString(1), rows.getString(2)));
                }
            }
        }
        if (!missing.isEmpty()) {
            execute(connection, sql.addTables(List.copyOf(missing)));
        }
    }

    /** @param role whether the role goes, too */
    void remove(Connection connection, boolean role) throws SQLException {
        if (exists(
                connection,
                "SELECT FROM pg_catalog.pg_replication_slots WHERE slot_name = ? AND plugin = 'pgoutput'"
                        + " AND database = current_database()",
                config.slot())) {
            execute(connection, sql.dropSlot());
        }
        execute(connection, sql.dropPublication());
        if (!role || !roleExists(connection)) {
            return;
        }
        String user = SqlIdentifier.quote(config.postgres().user());
        for (TableId table : config.tables()) {
            if (exists(connection, "SELECT WHERE to_regclass(?) IS NOT NULL", table.quoted())) {
                execute(connection, "REVOKE SELECT ON " + table.quoted() + " FROM " + user + ";");
            }
        }
        for (String schema :
                config.tables().stream().map(TableId::schema).distinct().toList()) {
            if (exists(connection, "SELECT FROM pg_catalog.pg_namespace WHERE nspname = ?", schema)) {
                execute(connection, "REVOKE USAGE ON SCHEMA " + SqlIdentifier.quote(schema) + " FROM " + user + ";");
            }
        }
        String database = SqlIdentifier.quote(connection.getCatalog());
        execute(connection, "REVOKE CONNECT ON DATABASE " + database + " FROM " + user + ";");
        execute(connection, "DROP ROLE " + user + ";");
    }

    private boolean roleExists(Connection connection) throws SQLException {
        return exists(
                connection,
                "SELECT FROM pg_catalog.pg_roles WHERE rolname = ?",
                config.postgres().user());
    }

    private void execute(Connection connection, String statement) throws SQLException {
        try (Statement plain = connection.createStatement()) {
            plain.execute(statement);
        }
        out.println(statement);
    }

    private static boolean exists(Connection connection, String query, String name) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(query)) {
            statement.setString(1, name);
            try (ResultSet row = statement.executeQuery()) {
                return row.next();
            }
        }
    }
}
