package dev.freshet.listener;

import dev.freshet.model.TableId;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What has to hold before the engine may start; makes what is missing where the role may. Never adds a table whose old
 * rows PostgreSQL cannot tell: it would refuse the application's updates from then on. Confined to one thread.
 */
final class SourceCheck {

    private static final int OLDEST_VERSION = 140000;
    private static final Logger LOG = LoggerFactory.getLogger(SourceCheck.class);

    private final CaptureSettings settings;
    private final SourceSql sql;
    private final List<String> problems = new ArrayList<>();
    private final List<String> mends = new ArrayList<>();
    private final List<String> made = new ArrayList<>();
    private boolean lenient;

    SourceCheck(CaptureSettings settings) {
        this.settings = settings;
        this.sql = new SourceSql(settings);
    }

    /**
     * What the check found.
     *
     * @param newSlot why the slot was made just now; empty where it stood
     * @param made the statements that were run
     */
    record Ready(SourceDatabase.Server server, SourceDatabase.Slot slot, Optional<String> newSlot, List<String> made) {}

    /**
     * Checks, and makes what is missing.
     *
     * @throws SetupRequiredException with every problem at once
     */
    Ready run(SourceDatabase database) throws SQLException {
        lenient = false;
        return check(database);
    }

    /**
     * Like {@link #run}, but of a pipeline that worked before: a table that is gone, or that cannot be published, must not
     * keep the changes of the others away. It is complained about and left out until it is mended.
     */
    Ready again(SourceDatabase database) throws SQLException {
        lenient = true;
        return check(database);
    }

    private Ready check(SourceDatabase database) throws SQLException {
        SourceDatabase.Server server = database.server(settings.postgres());
        problems.clear();
        mends.clear();
        made.clear();
        if (server.version() < OLDEST_VERSION) {
            problem("PostgreSQL is older than 14, which first publishes messages of the log", Optional.empty());
        }
        if (!server.walLevel().equals("logical")) {
            problem(
                    "wal_level is " + server.walLevel() + "; it must be logical, and the server be restarted",
                    Optional.of("ALTER SYSTEM SET wal_level = logical;"));
        }
        List<SourceDatabase.Relation> tables = checkTables(database);
        failOnProblems();
        boolean newPublication = checkPublication(database, server.version(), tables);
        failOnProblems();
        return checkSlot(database, server, newPublication);
    }

    /** The tables that may be published. */
    private List<SourceDatabase.Relation> checkTables(SourceDatabase database) throws SQLException {
        List<SourceDatabase.Relation> fit = new ArrayList<>();
        for (TableId table : settings.tables()) {
            Optional<SourceDatabase.Relation> relation = database.relation(table);
            if (relation.isEmpty()) {
                tableProblem("table " + table + " does not exist", Optional.empty());
                continue;
            }
            for (TableId leaf : relation.get().withoutIdentity()) {
                tableProblem(
                        "table " + leaf + " has no replica identity: while it is published, PostgreSQL refuses its"
                                + " updates and deletes",
                        Optional.of(SourceSql.fullIdentity(leaf)));
            }
            for (TableId leaf : relation.get().virtualInIdentity()) {
                tableProblem(
                        "table " + leaf + " has REPLICA IDENTITY FULL and a virtual generated column: while it is"
                                + " published, PostgreSQL refuses its updates and deletes; make the column a stored one, or"
                                + " give the table an index as its replica identity",
                        Optional.empty());
            }
            if (relation.get().withoutIdentity().isEmpty()
                    && relation.get().virtualInIdentity().isEmpty()) {
                fit.add(relation.get());
            }
        }
        return fit;
    }

    private boolean checkPublication(SourceDatabase database, int version, List<SourceDatabase.Relation> tables)
            throws SQLException {
        Optional<SourceDatabase.Publication> found = database.publication(settings.publication());
        if (found.isEmpty()) {
            make(database, "publication " + settings.publication() + " does not exist", sql.createPublication(version));
            return true;
        }
        boolean partitioned = tables.stream().anyMatch(SourceDatabase.Relation::partitioned);
        boolean stored = tables.stream().anyMatch(SourceDatabase.Relation::storedInIdentity);
        if (!found.get().allOperations()
                || (partitioned && !found.get().viaRoot())
                || (stored && !found.get().generated())) {
            make(
                    database,
                    "publication " + settings.publication()
                            + " leaves out operations or generated columns, or publishes partitions instead of their root",
                    sql.alterPublicationOptions(version));
            failOnProblems();
            found = database.publication(settings.publication());
        }
        Set<TableId> published = found.map(SourceDatabase.Publication::tables).orElse(Set.of());
        List<TableId> missing = tables.stream()
                .map(SourceDatabase.Relation::table)
                .filter(table -> !published.contains(table))
                .toList();
        if (lenient) {
            for (TableId table : missing) {
                add(database, List.of(table));
            }
        } else if (!missing.isEmpty()) {
            add(database, missing);
        }
        return false;
    }

    private void add(SourceDatabase database, List<TableId> missing) throws SQLException {
        String statement = sql.addTables(missing);
        refused(database, "publication " + settings.publication() + " lacks " + missing, statement)
                .ifPresent(problem -> tableProblem(problem, Optional.of(statement)));
    }

    private Ready checkSlot(SourceDatabase database, SourceDatabase.Server server, boolean newPublication)
            throws SQLException {
        Optional<SourceDatabase.Slot> found = database.slot(settings.slot());
        Optional<String> newSlot = Optional.empty();
        if (found.isPresent()) {
            SourceDatabase.Slot slot = found.get();
            if (!slot.plugin().equals("pgoutput") || !slot.database().equals(server.database())) {
                problem(
                        "replication slot " + settings.slot() + " belongs to plugin " + slot.plugin() + " and database "
                                + slot.database(),
                        Optional.of(sql.dropSlot()));
            } else if (!slot.active() && (slot.lost().isPresent() || newPublication)) {
                // A slot decodes with the publication as it was at each change, and fails where there was none.
                newSlot = slot.lost().or(() -> Optional.of("the publication was made anew"));
                make(database, newSlot.get(), sql.dropSlot());
            }
        } else {
            newSlot = Optional.of("the replication slot did not exist");
        }
        failOnProblems();
        if (newSlot.isPresent()) {
            make(database, newSlot.get(), sql.createSlot(server.version()));
            failOnProblems();
        }
        SourceDatabase.Slot slot = database.slot(settings.slot())
                .orElseThrow(() -> new ListenerException("replication slot " + settings.slot() + " vanished"));
        return new Ready(server, slot, newSlot, List.copyOf(made));
    }

    private void make(SourceDatabase database, String why, String statement) throws SQLException {
        refused(database, why, statement).ifPresent(problem -> problem(problem, Optional.of(statement)));
    }

    /** Runs the statement; the problem where this role may not. */
    private Optional<String> refused(SourceDatabase database, String why, String statement) throws SQLException {
        try {
            database.execute(statement);
            made.add(statement);
            LOG.info("Made what was missing ({}): {}", why, statement);
            return Optional.empty();
        } catch (SQLException e) {
            String state = e.getSQLState() == null ? "" : e.getSQLState();
            if (!state.equals("42501")) {
                throw e;
            }
            return Optional.of(why + ", and role " + settings.postgres().user() + " may not mend it");
        }
    }

    /** A problem of one table; the others need not wait for its mend. */
    private void tableProblem(String text, Optional<String> mend) {
        if (lenient) {
            LOG.warn(
                    "{}; its changes are not captured, so its caches go stale until this is mended{}",
                    text,
                    mend.map(statement -> ": " + statement).orElse(""));
        } else {
            problem(text, mend);
        }
    }

    private void problem(String text, Optional<String> mend) {
        problems.add(text);
        mend.ifPresent(mends::add);
    }

    private void failOnProblems() {
        if (!problems.isEmpty()) {
            throw new SetupRequiredException(problems, mends);
        }
    }
}
