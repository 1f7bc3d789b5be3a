package dev.freshet.cli.doctor;

import dev.freshet.cli.check.Finding.Severity;
import dev.freshet.cli.check.Findings;
import dev.freshet.cli.check.ServerFacts;
import dev.freshet.model.CacheMapping;
import dev.freshet.model.CacheMapping.OnChange;
import dev.freshet.model.NamedQuery;
import dev.freshet.model.TableId;
import dev.freshet.model.TableShape;
import dev.freshet.model.config.FreshetConfig;
import dev.freshet.writer.catalogue.JdbcCatalogue;
import dev.freshet.writer.catalogue.SourceConnection;
import dev.freshet.writer.catalogue.SourceUnavailableException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Looks at the source over one connection, and again at its statistics in the end. Confined to one thread. */
final class SourceExam implements AutoCloseable {

    private static final int OLDEST = 140000;

    private final FreshetConfig config;
    private final Findings findings;
    private final Measures measures;
    private final SourceConnection source;
    private final Map<TableId, TableFacts> tables = new HashMap<>();
    private Optional<Clock> clock = Optional.empty();
    private Optional<TableFactsReader.Since> since = Optional.empty();
    private long readNanos;

    SourceExam(FreshetConfig config, Findings findings, Measures measures) {
        this.config = config;
        this.findings = findings;
        this.measures = measures;
        this.source = new SourceConnection(config.postgres(), "doctor");
    }

    /** One thing to look at. */
    @FunctionalInterface
    private interface Look {
        void at(Connection connection) throws SQLException;
    }

    /** Looks at all that it may; what it may not see it says. */
    void run() {
        Optional<ServerFacts> server = server();
        if (server.isEmpty()) {
            return;
        }
        look("the server", connection -> {
            SourceFacts facts = new SourceFactsReader(config).read(connection, server.get());
            new SourceJudge(config, findings).judge(facts);
            measures.add(
                    "postgres",
                    server.get().hosting().words() + " "
                            + server.get().version() / 10000 + "."
                            + server.get().version() % 10000 + ", senders "
                            + server.get().senders() + " of " + server.get().maxSenders() + ", slots "
                            + server.get().slots() + " of " + server.get().maxSlots());
            facts.ownSlot()
                    .ifPresent(slot -> measures.add(
                            "slot '" + slot.name() + "'",
                            "holds back " + Amounts.bytes(slot.retainedBytes())
                                    + (slot.active() ? ", in use" : ", not in use")));
        });
        look("the clock", connection -> clock = Optional.of(SourceClock.read(connection)));
        look("the statistics", connection -> since = Optional.of(TableFactsReader.since(connection)));
        readNanos = System.nanoTime();
        for (TableId table : config.tables()) {
            look(
                    "'" + table + "'",
                    connection -> TableFactsReader.read(connection, table).ifPresent(facts -> {
                        tables.put(table, facts);
                        new TableJudge(config, findings).judge(facts);
                    }));
        }
        tables.values().forEach(this::identityCost);
        config.caches().forEach(this::reads);
    }

    /** Empty where it cannot be asked. */
    private Optional<ServerFacts> server() {
        try {
            return source.call(connection -> {
                try (Statement statement = connection.createStatement()) {
                    statement.execute("SET default_transaction_read_only = on");
                    statement.execute("SET lock_timeout = '2s'");
                }
                ServerFacts facts = ServerFacts.read(connection);
                return facts.version() < OLDEST ? Optional.empty() : Optional.of(facts);
            });
        } catch (SourceUnavailableException e) {
            if (findings.all().stream().noneMatch(finding -> finding.severity() == Severity.WRONG)) {
                untold("the server", e.getCause() instanceof SQLException cause ? cause : new SQLException(e));
            }
            return Optional.empty();
        }
    }

    private void look(String what, Look look) {
        try {
            source.call(connection -> {
                try {
                    look.at(connection);
                } catch (SQLException e) {
                    if (broken(e)) {
                        throw e;
                    }
                    untold(what, e);
                }
                return true;
            });
        } catch (SourceUnavailableException e) {
            untold(what, e.getCause() instanceof SQLException cause ? cause : new SQLException(e));
        }
    }

    private static boolean broken(SQLException e) {
        String state = String.valueOf(e.getSQLState());
        return state.startsWith("08") || state.startsWith("57");
    }

    private void untold(String what, SQLException e) {
        findings.because("what is not seen is not judged")
                .add(
                        Severity.NOTE,
                        "postgres.user",
                        "could not look at " + what + ": "
                                + String.valueOf(e.getMessage())
                                        .lines()
                                        .findFirst()
                                        .orElse("") + " (SQLSTATE "
                                + e.getSQLState() + ")");
    }

    /** Beside the new row the old one is logged as a whole. */
    private void identityCost(TableFacts table) {
        since.ifPresent(begin -> table.leaves().stream()
                .filter(leaf -> leaf.fullIdentity() || proposed(leaf))
                .forEach(leaf -> measures.add(
                        "WAL for REPLICA IDENTITY FULL of " + leaf.table(),
                        (leaf.fullIdentity() ? "" : "proposed: ") + IdentityCost.words(leaf, begin))));
    }

    private boolean proposed(TableFacts.Leaf leaf) {
        return findings.all().stream().anyMatch(finding -> finding.sql().contains(leaf.identity("FULL")));
    }

    private void reads(CacheMapping cache) {
        if (!(cache.onChange() instanceof OnChange.RefreshQuery refresh)) {
            return;
        }
        look("what caches." + cache.name() + ".query reads", connection -> {
            Optional<TableShape> shape = new JdbcCatalogue(source).shape(cache.table());
            Optional<NamedQuery> query = parsed(refresh.sql());
            if (shape.isEmpty()
                    || query.isEmpty()
                    || !shape.get().has(query.get().names())) {
                return; // told by the checks before
            }
            WatchJudge judge = new WatchJudge(config, findings);
            Set<TableId> read;
            try {
                read = new QueryReads(connection).of(query.get(), shape.get());
            } catch (SQLException e) {
                if (broken(e) || String.valueOf(e.getSQLState()).equals("55P03")) {
                    throw e;
                }
                return; // told by the checks before
            }
            for (TableId table : judge.unwatched(cache, read)) {
                judge.judge(cache, table, TableFactsReader.read(connection, table), published(connection, table));
            }
        });
    }

    private static Optional<NamedQuery> parsed(String sql) {
        try {
            return Optional.of(NamedQuery.parse(sql));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private Optional<Boolean> published(Connection connection, TableId table) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("""
                SELECT EXISTS (SELECT FROM pg_catalog.pg_publication_tables t
                  WHERE t.pubname = p.pubname AND t.schemaname = ? AND t.tablename = ?)
                FROM pg_catalog.pg_publication p WHERE p.pubname = ?""")) {
            statement.setString(1, table.schema());
            statement.setString(2, table.name());
            statement.setString(3, config.publication());
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? Optional.of(row.getBoolean(1)) : Optional.empty();
            }
        }
    }

    Optional<Clock> clock() {
        return clock;
    }

    /**
     * How many rows of each mapped table are written in a second: on average since the statistics begin, or since they were
     * read, whichever is more. Reads the statistics again.
     */
    Map<TableId, Double> changesPerSecond() {
        Map<TableId, Double> rates = new HashMap<>();
        since.ifPresent(begin -> tables.forEach((table, first) -> {
            double average = first.writes().all() / (begin.tables().toMillis() / 1000.0);
            rates.merge(table, average, Math::max);
            look("'" + table + "'", connection -> {
                double elapsed = (System.nanoTime() - readNanos) / 1e9;
                TableFactsReader.read(connection, table)
                        .ifPresent(now -> rates.merge(
                                table,
                                Math.max(0, now.writes().all() - first.writes().all()) / Math.max(1, elapsed),
                                Math::max));
            });
        }));
        return rates;
    }

    @Override
    public void close() {
        source.close();
    }
}
