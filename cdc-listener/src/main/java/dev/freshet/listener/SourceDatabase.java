package dev.freshet.listener;

import dev.freshet.model.Lsn;
import dev.freshet.model.TableId;
import dev.freshet.model.config.PostgresConfig;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import org.postgresql.Driver;

/** Reads what the catalogue says about one primary server, its slot and its publication. Confined to one thread. */
final class SourceDatabase implements AutoCloseable {

    private final SourceAddress address;
    private final Connection connection;

    private SourceDatabase(SourceAddress address, Connection connection) {
        this.address = address;
        this.connection = connection;
    }

    /**
     * A primary server.
     *
     * @param version as {@code server_version_num}
     * @param systemIdentifier names the cluster
     */
    record Server(int version, String walLevel, String database, String systemIdentifier, int timeline) {}

    /**
     * @param walStatus reserved, extended, unreserved or lost
     * @param invalidated why the server gave it up, from PostgreSQL 17 on; empty where it did not
     */
    record Slot(
            String plugin,
            String database,
            boolean active,
            int activePid,
            Optional<Lsn> confirmed,
            String walStatus,
            String invalidated) {

        /** Why nothing can be read from it any more; empty where something can. */
        Optional<String> lost() {
            if (!invalidated.isEmpty()) {
                return Optional.of("the server invalidated the replication slot: " + invalidated);
            }
            return walStatus.equals("lost") || confirmed.isEmpty()
                    ? Optional.of("the replication slot lost its WAL")
                    : Optional.empty();
        }
    }

    /**
     * @param generated whether stored generated columns are published; always, in effect, before PostgreSQL 18
     * @param tables what it publishes: of a partitioned table the root, where {@code viaRoot}
     */
    record Publication(boolean allOperations, boolean viaRoot, boolean generated, Set<TableId> tables) {}

    /**
     * @param withoutIdentity the table, or those of its partitions, whose old rows PostgreSQL cannot tell
     * @param virtualInIdentity those whose whole old rows are logged and have a virtual column, which never is
     * @param storedInIdentity whether whole old rows are logged and have a stored generated column
     */
    record Relation(
            TableId table,
            boolean partitioned,
            List<TableId> withoutIdentity,
            List<TableId> virtualInIdentity,
            boolean storedInIdentity) {}

    /** Connects to the primary among the servers of the URL. */
    static SourceDatabase primary(PostgresConfig config) throws SQLException {
        return primary(config, Map.of());
    }

    /** @param more properties of the driver, where neither URL nor configuration has them */
    static SourceDatabase primary(PostgresConfig config, Map<String, String> more) throws SQLException {
        List<String> refusals = new ArrayList<>();
        SQLException last = null;
        for (SourceAddress address : SourceAddress.of(config)) {
            try {
                Connection connection = open(config, address, more);
                SourceDatabase database = new SourceDatabase(address, connection);
                if (!database.text("SELECT pg_is_in_recovery()::text").equals("true")) {
                    return database;
                }
                refusals.add(address + " is a standby; changes are captured on the primary");
                connection.close();
            } catch (SQLException e) {
                refusals.add(address + ": " + e.getMessage());
                last = e;
            }
        }
        throw new SQLException("no primary can be used: " + String.join("; ", refusals), last);
    }

    static Connection open(PostgresConfig config, SourceAddress address, Map<String, String> more) throws SQLException {
        Properties properties = new Properties();
        properties.putAll(address.properties());
        more.forEach(properties::putIfAbsent);
        properties.put("user", config.user());
        properties.put("password", config.password().reveal());
        properties.putIfAbsent("ApplicationName", "freshet");
        String url = "jdbc:postgresql://" + address.host() + ":" + address.port() + "/"
                + java.net.URLEncoder.encode(address.database(), java.nio.charset.StandardCharsets.UTF_8);
        Connection connection = new Driver().connect(url, properties);
        if (connection == null) {
            throw new SQLException("pgjdbc does not take " + address);
        }
        return connection;
    }

    SourceAddress address() {
        return address;
    }

    Connection connection() {
        return connection;
    }

    Server server(PostgresConfig config) throws SQLException {
        Map<String, String> replication =
                Map.of("replication", "database", "preferQueryMode", "simple", "assumeMinServerVersion", "14");
        // The timeline of pg_control_checkpoint() lags behind a promotion; the walsender's own does not.
        try (Connection walsender = open(config, address, replication);
                Statement statement = walsender.createStatement();
                ResultSet system = statement.executeQuery("IDENTIFY_SYSTEM")) {
            system.next();
            return new Server(
                    Integer.parseInt(text("SHOW server_version_num")),
                    text("SHOW wal_level"),
                    text("SELECT current_database()"),
                    system.getString("systemid"),
                    system.getInt("timeline"));
        }
    }

    Optional<Slot> slot(String name) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(
                "SELECT plugin, database, active, active_pid, confirmed_flush_lsn::text, coalesce(wal_status, ''),"
                        + " coalesce(to_jsonb(s) ->> 'invalidation_reason', '')"
                        + " FROM pg_catalog.pg_replication_slots s WHERE slot_name = ?")) {
            query.setString(1, name);
            try (ResultSet row = query.executeQuery()) {
                if (!row.next()) {
                    return Optional.empty();
                }
                return Optional.of(new Slot(
                        Optional.ofNullable(row.getString(1)).orElse("physical"),
                        Optional.ofNullable(row.getString(2)).orElse(""),
                        row.getBoolean(3),
                        row.getInt(4),
                        Optional.ofNullable(row.getString(5)).map(Lsn::parse),
                        row.getString(6),
                        row.getString(7)));
            }
        }
    }

    Optional<Publication> publication(String name) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement("SELECT pubinsert AND pubupdate AND pubdelete AND"
                + " pubtruncate, pubviaroot, coalesce(to_jsonb(p) ->> 'pubgencols', 's') = 's'"
                + " FROM pg_catalog.pg_publication p WHERE pubname = ?")) {
            query.setString(1, name);
            try (ResultSet row = query.executeQuery()) {
                return row.next()
                        ? Optional.of(new Publication(
                                row.getBoolean(1), row.getBoolean(2), row.getBoolean(3), published(name)))
                        : Optional.empty();
            }
        }
    }

    private Set<TableId> published(String publication) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(
                "SELECT schemaname, tablename FROM pg_catalog.pg_publication_tables WHERE pubname = ?")) {
            query.setString(1, publication);
            return tables(query);
        }
    }

    /** The table, a partitioned one included; empty where there is none of that name. */
    Optional<Relation> relation(TableId table) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement("SELECT c.relkind = 'p' FROM pg_catalog.pg_class c"
                + " JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
                + " WHERE n.nspname = ? AND c.relname = ? AND c.relkind IN ('r', 'p')")) {
            query.setString(1, table.schema());
            query.setString(2, table.name());
            try (ResultSet row = query.executeQuery()) {
                return row.next()
                        ? Optional.of(new Relation(
                                table,
                                row.getBoolean(1),
                                withoutIdentity(table),
                                generatedInIdentity(table, "v"),
                                !generatedInIdentity(table, "s").isEmpty()))
                        : Optional.empty();
            }
        }
    }

    /** The rows live in the leaves, so it is their replica identity that counts. */
    private List<TableId> withoutIdentity(TableId table) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement("SELECT n.nspname, c.relname"
                + " FROM (SELECT ?::regclass AS relid UNION"
                + " SELECT relid FROM pg_catalog.pg_partition_tree(?::regclass)) t"
                + " JOIN pg_catalog.pg_class c ON c.oid = t.relid AND c.relkind = 'r'"
                + " JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
                + " WHERE NOT (c.relreplident = 'f' OR EXISTS (SELECT FROM pg_catalog.pg_index i"
                + " WHERE i.indrelid = c.oid AND i.indisvalid AND i.indimmediate AND"
                + " (c.relreplident = 'd' AND i.indisprimary OR c.relreplident = 'i' AND i.indisreplident)))"
                + " ORDER BY 1, 2")) {
            query.setString(1, table.quoted());
            query.setString(2, table.quoted());
            return List.copyOf(tables(query));
        }
    }

    private List<TableId> generatedInIdentity(TableId table, String kind) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement("SELECT n.nspname, c.relname"
                + " FROM (SELECT ?::regclass AS relid UNION"
                + " SELECT relid FROM pg_catalog.pg_partition_tree(?::regclass)) t"
                + " JOIN pg_catalog.pg_class c ON c.oid = t.relid AND c.relkind = 'r' AND c.relreplident = 'f'"
                + " JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
                + " WHERE EXISTS (SELECT FROM pg_catalog.pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0"
                + " AND NOT a.attisdropped AND a.attgenerated = ?::\"char\") ORDER BY 1, 2")) {
            query.setString(1, table.quoted());
            query.setString(2, table.quoted());
            query.setString(3, kind);
            return List.copyOf(tables(query));
        }
    }

    private static Set<TableId> tables(PreparedStatement query) throws SQLException {
        Set<TableId> tables = new TreeSet<>();
        try (ResultSet row = query.executeQuery()) {
            while (row.next()) {
                tables.add(new TableId(row.getString(1), row.getString(2)));
            }
        }
        return tables;
    }

    String text(String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return Optional.ofNullable(row.getString(1)).orElse("");
        }
    }

    void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
