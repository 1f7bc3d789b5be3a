package dev.freshet.cli;

import dev.freshet.listener.CaptureSettings;
import dev.freshet.model.SqlIdentifier;
import dev.freshet.model.TableId;
import dev.freshet.model.config.FreshetConfig;
import dev.freshet.writer.catalogue.SourceConnection;
import dev.freshet.writer.catalogue.SourceUnavailableException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A slot of its own for a trial, and a publication of its own where the pipeline's does not stand: dropped at the end, or,
 * where a trial was killed, by the next one. Confined to one thread.
 */
final class TrialCapture implements AutoCloseable {

    private static final String SUFFIX = "_dryrun";
    private static final int LONGEST_NAME = 63;

    private final FreshetConfig config;
    private final SourceConnection source;
    private final String name;
    private final String publication;

    private TrialCapture(FreshetConfig config, SourceConnection source, String name, String publication) {
        this.config = config;
        this.source = source;
        this.name = name;
        this.publication = publication;
    }

    /** Clears what a killed trial left, and says what to capture through; makes nothing yet. */
    static TrialCapture prepare(FreshetConfig config, SourceConnection source) {
        String pipeline = config.pipeline();
        String name = pipeline.substring(0, Math.min(pipeline.length(), LONGEST_NAME - SUFFIX.length())) + SUFFIX;
        boolean stands = source.call(connection -> publishes(connection, config));
        TrialCapture trial = new TrialCapture(config, source, name, stands ? config.publication() : name);
        if (trial.slotInUse()) {
            throw new CommandFailedException(
                    ExitCode.NO, "another dry run of this pipeline is at work (replication slot '" + name + "')");
        }
        trial.close();
        return trial;
    }

    CaptureSettings settings() {
        return new CaptureSettings(config.postgres(), config.topics(), name, publication, List.copyOf(config.tables()));
    }

    /** Whether the pipeline's own publication can be used as it is. */
    private static boolean publishes(Connection connection, FreshetConfig config) throws SQLException {
        Set<TableId> missing = new HashSet<>(config.tables());
        try (PreparedStatement statement =
                connection.prepareStatement("SELECT t.schemaname, t.tablename FROM pg_catalog.pg_publication_tables t"
                        + " JOIN pg_catalog.pg_publication p ON p.pubname = t.pubname AND p.pubname = ?"
                        + " WHERE p.pubviaroot AND p.pubinsert AND p.pubupdate AND p.pubdelete AND p.pubtruncate")) {
            statement.setString(1, config.publication());
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    missing.remove(new TableId(rows.getString(1), rows.getString(2)));
                }
            }
        }
        return missing.isEmpty();
    }

    private boolean slotInUse() {
        return source.call(connection -> {
            try (PreparedStatement statement = connection.prepareStatement(
                    "SELECT active FROM pg_catalog.pg_replication_slots WHERE slot_name = ?")) {
                statement.setString(1, name);
                try (ResultSet row = statement.executeQuery()) {
                    return row.next() && row.getBoolean(1);
                }
            }
        });
    }

    /** Drops slot and publication; the walsender may take a moment to let the slot go. */
    @Override
    public void close() {
        SourceUnavailableException last = null;
        for (int attempt = 0; attempt < 50; attempt++) {
            try {
                source.call(connection -> {
                    drop(connection);
                    return true;
                });
                return;
            } catch (SourceUnavailableException e) {
                last = e;
                boolean active = e.getCause() instanceof SQLException refused
                        && String.valueOf(refused.getSQLState()).equals("55006");
                if (!active || !pause()) {
                    break;
                }
            }
        }
        throw new IllegalStateException(
                "the replication slot '" + name + "' could not be dropped and holds back WAL; drop it: SELECT"
                        + " pg_drop_replication_slot(" + SqlIdentifier.literal(name) + ");",
                last);
    }

    private void drop(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("SELECT pg_drop_replication_slot(slot_name) FROM pg_catalog.pg_replication_slots"
                    + " WHERE slot_name = " + SqlIdentifier.literal(name));
            statement.execute("DROP PUBLICATION IF EXISTS " + SqlIdentifier.quote(name));
        }
    }

    private static boolean pause() {
        try {
            Thread.sleep(100);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
