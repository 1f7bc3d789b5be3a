package dev.freshet.cli.check;

import dev.freshet.cli.check.Finding.Severity;
import dev.freshet.listener.CaptureSettings;
import dev.freshet.model.CacheMapping;
import dev.freshet.model.TableId;
import dev.freshet.model.TableShape;
import dev.freshet.model.config.FreshetConfig;
import dev.freshet.model.config.PostgresConfig;
import dev.freshet.writer.catalogue.JdbcCatalogue;
import dev.freshet.writer.catalogue.SourceConnection;
import dev.freshet.writer.catalogue.SourceUnavailableException;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Whether the source database can be followed as the file asks. */
final class DatabaseCheck {

    private final FreshetConfig config;
    private final PostgresConfig postgres;
    private final Set<Part> parts;
    private final Findings findings;

    DatabaseCheck(FreshetConfig config, PostgresConfig postgres, Set<Part> parts, Findings findings) {
        this.config = config;
        this.postgres = postgres;
        this.parts = parts;
        this.findings = findings.because("the changes come from there");
    }

    void check() {
        try (SourceConnection source = new SourceConnection(postgres, "check")) {
            source.call(connection -> {
                check(connection, new JdbcCatalogue(source));
                return true;
            });
        } catch (SourceUnavailableException e) {
            refused(e);
        }
    }

    private void check(Connection connection, JdbcCatalogue catalogue) throws SQLException {
        ServerFacts server = ServerFacts.read(connection);
        if (!server.checkReadable(findings)) {
            return;
        }
        if (parts.contains(Part.CAPTURE)) {
            new CaptureCheck(config, server, findings).check(connection);
        }
        Map<TableId, Relation> relations = tables(connection, catalogue);
        if (parts.contains(Part.PUBLICATION)
                && relations.size() == config.tables().size()) {
            new PublicationCheck(CaptureSettings.of(config), server, List.copyOf(relations.values()), findings)
                    .check(connection);
        }
    }

    private Map<TableId, Relation> tables(Connection connection, JdbcCatalogue catalogue) throws SQLException {
        Map<TableId, Relation> relations = new LinkedHashMap<>();
        Map<TableId, TableShape> shapes = new LinkedHashMap<>();
        List<TableId> seen = new ArrayList<>();
        TableCheck tables = new TableCheck(connection, config.tables(), findings);
        QueryCheck queries = new QueryCheck(postgres.user(), connection, findings);
        for (CacheMapping cache : config.caches()) {
            TableId table = cache.table();
            if (!seen.contains(table)) {
                seen.add(table);
                tables.check(cache).ifPresent(relation -> relations.put(table, relation));
                if (relations.containsKey(table)) {
                    catalogue.shape(table).ifPresent(shape -> shapes.put(table, shape));
                }
            }
            Optional<Relation> relation = Optional.ofNullable(relations.get(table));
            Optional<TableShape> shape = Optional.ofNullable(shapes.get(table));
            if (relation.isPresent() && shape.isPresent()) {
                new MappingCheck(cache, shape.get(), relation.get(), findings).check();
                queries.check(cache, shape.get(), relation.get());
            }
        }
        return relations;
    }

    /** What stands against a connection, by SQLSTATE. */
    private void refused(SourceUnavailableException failure) {
        String state =
                failure.getCause() instanceof SQLException sql && sql.getSQLState() != null ? sql.getSQLState() : "";
        String reason = failure.getCause() == null
                ? ""
                : String.valueOf(failure.getCause().getMessage());
        Optional<String> unverified = TlsFailure.mend(postgres, state, failure);
        if (unverified.isPresent()) {
            findings.because("who is not verified may be somebody else, who reads the password")
                    .wrong("postgres.properties", reason + "; " + unverified.get());
        } else if (Pooler.refused(reason)) {
            Pooler.tell(findings, reason);
        } else if (state.startsWith("28")) {
            findings.wrong(
                    "postgres.user",
                    "PostgreSQL refuses this user: " + reason
                            + "; mend postgres.user, postgres.password or pg_hba.conf");
        } else if (state.equals("3D000")) {
            findings.wrong("postgres.url", reason + "; name a database that exists");
        } else if (state.equals("42501")) {
            findings.add(
                    Severity.WRONG,
                    "postgres.user",
                    reason + "; grant the right to the role",
                    Mend.hand("grant the right to the role"));
        } else if (away(state, failure)) {
            findings.unreachable("postgres.url", "PostgreSQL cannot be reached: " + reason);
        } else {
            findings.wrong("postgres.url", "PostgreSQL cannot be used: " + reason);
        }
    }

    /** pgjdbc reports a wrong property, too, as a connection that failed; but only a network fails with an IOException. */
    private boolean away(String state, Throwable failure) {
        if (state.startsWith("57") || state.startsWith("53")) {
            return true;
        }
        boolean severalHosts = postgres.url().contains(",");
        boolean network = false;
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            network |= cause instanceof IOException;
        }
        return (state.isEmpty() || state.startsWith("08")) && (network || severalHosts);
    }
}
