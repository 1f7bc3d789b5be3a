package dev.freshet.cli.check;

import dev.freshet.cli.check.Finding.Severity;
import dev.freshet.listener.CaptureSettings;
import dev.freshet.listener.SourceSql;
import dev.freshet.model.TableId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Whether publication and slot stand as they must, or the role may make them so. */
final class PublicationCheck {

    /** {@code filtered}: a row filter or column list, known from PostgreSQL 15 on, on one of the publication's tables. */
    private static final String PUBLICATION = """
            SELECT pg_has_role(p.pubowner, 'USAGE') AS owned, p.puballtables,
              p.pubinsert AND p.pubupdate AND p.pubdelete AND p.pubtruncate AS whole, p.pubviaroot,
              coalesce(to_jsonb(p) ->> 'pubgencols', 's') = 's' AS generated
            FROM pg_catalog.pg_publication p WHERE p.pubname = ?""";

    /** A partitioned table belongs to it also where its partitions are published under their own names. */
    private static final String PUBLISHED = """
            WITH name(name) AS (SELECT ?::name)
            SELECT schemaname, tablename FROM pg_catalog.pg_publication_tables JOIN name ON pubname = name
            UNION SELECT n.nspname, c.relname FROM pg_catalog.pg_publication_rel r
            JOIN pg_catalog.pg_publication p ON p.oid = r.prpubid JOIN name ON p.pubname = name
            JOIN pg_catalog.pg_class c ON c.oid = r.prrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace""";

    private static final String FILTERED = """
            SELECT n.nspname, c.relname FROM pg_catalog.pg_publication_rel r
            JOIN pg_catalog.pg_publication p ON p.oid = r.prpubid AND p.pubname = ?
            JOIN pg_catalog.pg_class c ON c.oid = r.prrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            WHERE r.prqual IS NOT NULL OR r.prattrs IS NOT NULL""";

    private static final String SLOT = """
            SELECT coalesce(plugin, 'none, as a physical slot') AS plugin, coalesce(database, '') AS database, active,
              active_pid, coalesce(wal_status, '') AS wal_status
            FROM pg_catalog.pg_replication_slots WHERE slot_name = ?""";

    private final CaptureSettings settings;
    private final SourceSql sql;
    private final ServerFacts server;
    private final List<Relation> relations;
    private final Findings findings;

    PublicationCheck(CaptureSettings settings, ServerFacts server, List<Relation> relations, Findings findings) {
        this.settings = settings;
        this.sql = new SourceSql(settings);
        this.server = server;
        this.relations = relations;
        this.findings = findings.because("the slot hands out only what the publication names");
    }

    private record Publication(boolean owned, boolean allTables, boolean whole, boolean viaRoot, boolean generated) {}

    void check(Connection connection) throws SQLException {
        publication(connection);
        slot(connection);
    }

    private void publication(Connection connection) throws SQLException {
        Optional<Publication> found = read(connection);
        String name = "publication '" + settings.publication() + "'";
        if (found.isEmpty()) {
            if (!server.mayCreate() || !notOwned(settings.tables()).isEmpty()) {
                findings.wrong(
                        "pipeline",
                        name + " does not exist, and role '"
                                + settings.postgres().user()
                                + "' may not make it, which takes CREATE on the database and the tables' ownership; let an"
                                + " administrator run",
                        sql.createPublication(server.version()));
            }
            return;
        }
        Publication publication = found.get();
        if ((!publication.whole() || !publication.viaRoot()) && !publication.owned()) {
            findings.wrong(
                    "pipeline",
                    name + " leaves out operations, or publishes partitions under their own names; let its owner run",
                    sql.alterPublicationOptions(server.version()));
        }
        if (!publication.generated() && !publication.owned() && storedInIdentity()) {
            findings.because(
                            "from PostgreSQL 18 on it refuses the application's own UPDATE and DELETE of a table that logs"
                                    + " whole old rows and has a generated column that is not published")
                    .wrong(
                            "pipeline",
                            name + " leaves out generated columns; let its owner run",
                            sql.alterPublicationOptions(server.version()));
        }
        Set<TableId> published = tables(connection, PUBLISHED);
        List<TableId> missing = settings.tables().stream()
                .filter(table -> !published.contains(table))
                .toList();
        if (!missing.isEmpty() && (!publication.owned() || !notOwned(missing).isEmpty())) {
            findings.wrong(
                    "pipeline",
                    name + " lacks " + words(missing) + ", and role '"
                            + settings.postgres().user() + "' may not add to it; let an administrator run",
                    sql.addTables(missing));
        }
        if (server.version() >= 150000) {
            filtered(connection, name);
        }
    }

    private boolean storedInIdentity() {
        return relations.stream()
                .flatMap(relation -> relation.leaves().stream())
                .anyMatch(leaf -> leaf.generated().contains("s"));
    }

    private void filtered(Connection connection, String name) throws SQLException {
        for (TableId table : tables(connection, FILTERED)) {
            if (settings.tables().contains(table)) {
                findings.wrong(
                        "pipeline",
                        name + " publishes only some rows or columns of '" + table
                                + "': changes would be missed; publish it whole",
                        "ALTER PUBLICATION " + dev.freshet.model.SqlIdentifier.quote(settings.publication())
                                + " DROP TABLE " + table.quoted() + ";",
                        sql.addTables(List.of(table)));
            }
        }
    }

    private void slot(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(SLOT)) {
            statement.setString(1, settings.slot());
            try (ResultSet row = statement.executeQuery()) {
                if (row.next()) {
                    standing(row);
                } else if (server.slots() >= server.maxSlots()) {
                    findings.because("the slot keeps the log until its changes are safe in Kafka")
                            .add(
                                    Severity.WRONG,
                                    "pipeline",
                                    "all " + server.maxSlots()
                                            + " replication slots of the server are in use; allow more and restart the server",
                                    server.hosting()
                                            .set(
                                                    "max_replication_slots",
                                                    Integer.toString(server.maxSlots() + 5),
                                                    true));
                }
            }
        }
    }

    private void standing(ResultSet row) throws SQLException {
        String slot = "the replication slot '" + settings.slot() + "'";
        boolean ours = row.getString("plugin").equals("pgoutput")
                && row.getString("database").equals(server.database());
        if (!ours) {
            findings.wrong(
                    "pipeline",
                    slot + " belongs to something else (plugin " + row.getString("plugin") + ", database '"
                            + row.getString("database")
                            + "'); choose another name here, or, if nothing needs it, drop it",
                    sql.dropSlot());
        } else if (row.getBoolean("active")) {
            findings.note(
                    "pipeline",
                    slot + " is in use (backend " + row.getInt("active_pid")
                            + "): a listener that starts now stands by and takes over when it is free");
        } else if (row.getString("wal_status").equals("lost")) {
            findings.note("pipeline", slot + " has lost its WAL: it is made anew, and the mapped caches are flushed");
        }
    }

    private Optional<Publication> read(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(PUBLICATION)) {
            statement.setString(1, settings.publication());
            try (ResultSet row = statement.executeQuery()) {
                return row.next()
                        ? Optional.of(new Publication(
                                row.getBoolean("owned"),
                                row.getBoolean("puballtables"),
                                row.getBoolean("whole"),
                                row.getBoolean("pubviaroot"),
                                row.getBoolean("generated")))
                        : Optional.empty();
            }
        }
    }

    private Set<TableId> tables(Connection connection, String query) throws SQLException {
        Set<TableId> tables = new TreeSet<>();
        try (PreparedStatement statement = connection.prepareStatement(query)) {
            statement.setString(1, settings.publication());
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    tables.add(new TableId(rows.getString(1), rows.getString(2)));
                }
            }
        }
        return tables;
    }

    private List<TableId> notOwned(List<TableId> tables) {
        return relations.stream()
                .filter(relation -> !relation.owned() && tables.contains(relation.table()))
                .map(Relation::table)
                .toList();
    }

    private static String words(List<TableId> tables) {
        return tables.stream().map(table -> "'" + table + "'").collect(Collectors.joining(", "));
    }
}
