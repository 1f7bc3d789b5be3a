package dev.freshet.cli.check;

import dev.freshet.cli.check.Finding.Severity;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * What the server says of itself and of the role that asks.
 *
 * @param version as {@code server_version_num}
 * @param replicates whether the role may start replication
 * @param mayCreate whether the role may create a publication in the database
 * @param logicalOff whether a provider's own switch keeps the log from being logical
 */
public record ServerFacts(
        int version,
        String database,
        boolean inRecovery,
        String walLevel,
        int slots,
        int maxSlots,
        int senders,
        int maxSenders,
        boolean replicates,
        boolean mayCreate,
        Hosting hosting,
        boolean logicalOff) {

    private static final int OLDEST = 140000;

    /** Hosted PostgreSQL grants replication through a role of its own. */
    private static final String FACTS = """
            SELECT current_setting('server_version_num')::int AS version, current_database() AS database,
              pg_is_in_recovery() AS recovery, current_setting('wal_level') AS wal_level,
              (SELECT count(*) FROM pg_catalog.pg_replication_slots) AS slots,
              current_setting('max_replication_slots')::int AS max_slots,
              (SELECT count(*) FROM pg_catalog.pg_stat_replication) AS senders,
              current_setting('max_wal_senders')::int AS max_senders,
              (SELECT bool_or(r.rolsuper OR r.rolreplication AND r.rolname = current_user
                  OR r.rolname = 'rds_replication')
                FROM pg_catalog.pg_roles r WHERE pg_has_role(current_user, r.oid, 'USAGE')) AS replicates,
              has_database_privilege(current_database(), 'CREATE') AS may_create,
              CASE WHEN current_setting('rds.logical_replication', true) IS NOT NULL
                  OR EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname IN ('rdsadmin', 'rds_superuser')) THEN 'RDS'
                WHEN current_setting('cloudsql.logical_decoding', true) IS NOT NULL
                  OR EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname IN ('cloudsqladmin', 'cloudsqlsuperuser'))
                  THEN 'CLOUD_SQL'
                WHEN current_setting('azure.extensions', true) IS NOT NULL
                  OR EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname IN ('azuresu', 'azure_pg_admin')) THEN 'AZURE'
                ELSE 'SELF' END AS hosting,
              coalesce(current_setting('rds.logical_replication', true),
                current_setting('cloudsql.logical_decoding', true), '') IN ('off', '0', 'false', 'no') AS logical_off""";

    public static ServerFacts read(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(FACTS)) {
            row.next();
            return new ServerFacts(
                    row.getInt("version"),
                    row.getString("database"),
                    row.getBoolean("recovery"),
                    row.getString("wal_level"),
                    row.getInt("slots"),
                    row.getInt("max_slots"),
                    row.getInt("senders"),
                    row.getInt("max_senders"),
                    row.getBoolean("replicates"),
                    row.getBoolean("may_create"),
                    Hosting.valueOf(row.getString("hosting")),
                    row.getBoolean("logical_off"));
        }
    }

    /** Whether the catalogue can be asked further. */
    boolean checkReadable(Findings all) {
        Findings findings = all.because("changes are read from the server's write-ahead log by logical decoding");
        if (version < OLDEST) {
            findings.wrong(
                    "postgres.url",
                    "this is PostgreSQL " + version / 10000
                            + "; 14 or newer is needed, which streams messages of the log");
            return false;
        }
        if (inRecovery) {
            findings.wrong(
                    "postgres.url",
                    "this server is a standby; name the primary, or, with several hosts, add targetServerType: primary to"
                            + " postgres.properties");
        }
        if (!walLevel.equals("logical")) {
            findings.add(
                    Severity.WRONG,
                    "postgres.url",
                    "the server's wal_level is " + walLevel + ", but must be logical; set it and restart the server",
                    hosting.makeLogical());
        } else if (logicalOff) {
            findings.add(
                    Severity.WRONG,
                    "postgres.url",
                    hosting.logicalSwitch() + " is off on this " + hosting.words()
                            + ": the log stays logical only until the next restart",
                    hosting.makeLogical());
        }
        return true;
    }
}
