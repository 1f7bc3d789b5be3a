package dev.freshet.cli.check;

import dev.freshet.model.SqlIdentifier;
import dev.freshet.model.config.FreshetConfig;

/** Whether the server lets this role follow its log. */
final class CaptureCheck {

    private final FreshetConfig config;
    private final ServerFacts server;
    private final Findings findings;

    CaptureCheck(FreshetConfig config, ServerFacts server, Findings findings) {
        this.config = config;
        this.server = server;
        this.findings = findings;
    }

    void check() {
        if (!server.replicates()) {
            findings.wrong(
                    "postgres.user",
                    "role '" + config.postgres().user() + "' may not replicate; grant it that",
                    "ALTER ROLE " + SqlIdentifier.quote(config.postgres().user()) + " REPLICATION;");
        }
        if (server.senders() >= server.maxSenders()) {
            findings.wrong(
                    "postgres.url",
                    "all " + server.maxSenders()
                            + " WAL senders of the server are in use; allow more and restart the server",
                    "ALTER SYSTEM SET max_wal_senders = " + (server.maxSenders() + 5) + ";");
        }
    }
}
