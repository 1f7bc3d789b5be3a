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
import java.util.ArrayList;
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

    /**
     * @param role whether to make the role and grant it its rights, too
     * @param more grants that it needs beside those to the mapped tables
     */
    void make(Connection connection, boolean role, List<String> more) throws SQLException {
        int version = connection.getMetaData().getDatabaseMajorVersion() * 10000;
        if (role) {
            role(connection);
            for (String grant : more) {
                execute(connection, grant);
            }
        }
        publication(connection, version);
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

    private void publication(Connection connection, int version) throws SQLException {
        String name = config.publication();
        if (!exists(connection, "SELECT FROM pg_catalog.pg_publication WHERE pubname = ?", name)) {
            execute(connection, sql.createPublication(version));
            return;
        }
        if (!exists(
                connection,
                "SELECT FROM pg_catalog.pg_publication p WHERE pubname = ? AND pubviaroot AND pubinsert AND pubupdate"
                        + " AND pubdelete AND pubtruncate AND coalesce(to_jsonb(p) ->> 'pubgencols', 's') = 's'",
                name)) {
            execute(connection, sql.alterPublicationOptions(version));
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
        for (String granted : granted(connection)) {
            execute(connection, "REVOKE " + granted + " FROM " + user + ";");
        }
        String database = SqlIdentifier.quote(connection.getCatalog());
        execute(connection, "REVOKE CONNECT ON DATABASE " + database + " FROM " + user + ";");
        execute(connection, "DROP ROLE " + user + ";");
    }

    /** What any configuration of this role's had it granted in this database. */
    private List<String> granted(Connection connection) throws SQLException {
        List<String> granted = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement("""
                SELECT 'SELECT ON ' || format('%I.%I', n.nspname, c.relname)
                FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace,
                  pg_catalog.aclexplode(c.relacl) a
                WHERE a.grantee = (SELECT oid FROM pg_catalog.pg_roles WHERE rolname = ?) AND a.privilege_type = 'SELECT'
                UNION ALL
                SELECT 'USAGE ON SCHEMA ' || quote_ident(n.nspname)
                FROM pg_catalog.pg_namespace n, pg_catalog.aclexplode(n.nspacl) a
                WHERE a.grantee = (SELECT oid FROM pg_catalog.pg_roles WHERE rolname = ?) AND a.privilege_type = 'USAGE'
                ORDER BY 1""")) {
            statement.setString(1, config.postgres().user());
            statement.setString(2, config.postgres().user());
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    granted.add(rows.getString(1));
                }
            }
        }
        return granted;
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
