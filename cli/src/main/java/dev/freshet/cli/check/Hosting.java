package dev.freshet.cli.check;

import java.util.List;

/** Who runs the PostgreSQL: where a provider does, settings and rights are changed in its way, and not by SQL. */
public enum Hosting {
    SELF("PostgreSQL", "wal_level", "logical", ""),
    RDS("Amazon RDS", "rds.logical_replication", "1", "the DB parameter group of the instance or cluster"),
    CLOUD_SQL("Cloud SQL", "cloudsql.logical_decoding", "on", "the instance's database flags"),
    AZURE("Azure Database for PostgreSQL", "wal_level", "logical", "the server parameters");

    private final String name;
    private final String logical;
    private final String logicalOn;
    private final String place;

    Hosting(String name, String logical, String logicalOn, String place) {
        this.name = name;
        this.logical = logical;
        this.logicalOn = logicalOn;
        this.place = place;
    }

    /** For people. */
    public String words() {
        return name;
    }

    /** The switch that makes the log logical here. */
    String logicalSwitch() {
        return logical;
    }

    List<Mend> makeLogical() {
        return set(logical, logicalOn, true);
    }

    /**
     * What sets one of the server's settings.
     *
     * @param restart whether it counts only after a restart
     */
    public List<Mend> set(String setting, String value, boolean restart) {
        if (this == SELF) {
            return List.of(Mend.alterSystem(setting, value), restart ? Mend.RESTART : Mend.RELOAD);
        }
        return List.of(new Mend(
                Mend.Kind.PARAMETER,
                setting + " = " + value + "   (in " + place + (restart ? "; then reboot it)" : ")")));
    }

    /** What lets the role stream the log. */
    String replication(String quotedRole) {
        return this == RDS
                ? "GRANT rds_replication TO " + quotedRole + ";"
                : "ALTER ROLE " + quotedRole + " REPLICATION;";
    }
}
