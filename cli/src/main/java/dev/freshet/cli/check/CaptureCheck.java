package dev.freshet.cli.check;

import dev.freshet.cli.check.Finding.Severity;
import dev.freshet.model.SqlIdentifier;
import dev.freshet.model.config.FreshetConfig;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;

/** Whether the server lets this role follow its log. */
final class CaptureCheck {

    private final FreshetConfig config;
    private final ServerFacts server;
    private final Findings findings;

    CaptureCheck(FreshetConfig config, ServerFacts server, Findings findings) {
        this.config = config;
        this.server = server;
        this.findings = findings.because("Debezium reads all types of the database when it starts");
    }

    void check(Connection connection) throws SQLException {
        checkTypes(connection);
        if (!server.replicates()) {
            findings.because("only a role with REPLICATION may stream the log and make the slot")
                    .wrong(
                            "postgres.user",
                            "role '" + config.postgres().user() + "' may not replicate; grant it that",
                            server.hosting()
                                    .replication(SqlIdentifier.quote(
                                            config.postgres().user())));
        }
        if (server.replicates()) {
            checkStream();
        }
        if (server.senders() >= server.maxSenders()) {
            findings.because("the listener needs a WAL sender of its own")
                    .add(
                            Severity.WRONG,
                            "postgres.url",
                            "all " + server.maxSenders()
                                    + " WAL senders of the server are in use; allow more and restart the server",
                            server.hosting().set("max_wal_senders", Integer.toString(server.maxSenders() + 5), true));
        }
    }

    /** A pooler may pass other connections on and refuse this one. What else fails the listener tells with its reason. */
    private void checkStream() {
        Properties properties = new Properties();
        properties.putAll(config.postgres().properties());
        properties.setProperty("user", config.postgres().user());
        properties.setProperty("password", config.postgres().password().reveal());
        properties.setProperty("ApplicationName", "freshet check");
        properties.putIfAbsent("connectTimeout", "10");
        properties.putIfAbsent("socketTimeout", "10");
        properties.setProperty("replication", "database");
        properties.setProperty("preferQueryMode", "simple");
        properties.setProperty("assumeMinServerVersion", "14");
        try {
            DriverManager.getConnection(config.postgres().url(), properties).close();
        } catch (SQLException e) {
            String reason = String.valueOf(e.getMessage());
            if (Pooler.refused(reason)) {
                Pooler.tell(findings, reason);
            }
        }
    }

    /** Debezium 3.6 reads every type of the database at its start, and fails at these. */
    private void checkTypes(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet types = statement.executeQuery("""
                        SELECT d.oid::regtype::text, d.typtype = 'd' AS domain
                        FROM pg_catalog.pg_type d LEFT JOIN pg_catalog.pg_type b ON b.oid = d.typbasetype
                        WHERE d.typtype = 'd' AND b.typtype = 'e'
                           OR d.typtype = 'e' AND NOT EXISTS (
                             SELECT FROM pg_catalog.pg_enum e WHERE e.enumtypid = d.oid)
                        ORDER BY 1""")) {
            while (types.next()) {
                String type = types.getString(1);
                if (types.getBoolean(2)) {
                    findings.add(
                            Severity.WRONG,
                            "postgres.url",
                            "type " + type + " is a domain over an enum, at which Debezium 3.6 fails, whichever table"
                                    + " uses it; use the enum itself, with a CHECK",
                            Mend.hand("replace the domain " + type + " by its enum, with a CHECK"));
                } else {
                    findings.wrong(
                            "postgres.url",
                            "type " + type + " is an enum without labels, at which Debezium 3.6 fails; give it one",
                            "ALTER TYPE " + type + " ADD VALUE 'unused';");
                }
            }
        }
    }
}
