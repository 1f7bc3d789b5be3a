package dev.freshet.cli.doctor;

import dev.freshet.cli.check.Finding.Severity;
import dev.freshet.cli.check.Findings;
import dev.freshet.cli.check.Hosting;
import dev.freshet.cli.check.Mend;
import dev.freshet.listener.CaptureSettings;
import dev.freshet.listener.SourceSql;
import dev.freshet.model.SqlIdentifier;
import dev.freshet.model.config.FreshetConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** What stands against the server and the role, beyond what must hold for a start. */
final class SourceJudge {

    private static final Duration OLD = Duration.ofMinutes(5);
    private static final int FAILOVER_SLOTS = 170000;

    private final FreshetConfig config;
    private final Findings findings;
    private final SourceSql sql;
    private final String role;

    SourceJudge(FreshetConfig config, Findings findings) {
        this.config = config;
        this.findings = findings;
        this.sql = new SourceSql(CaptureSettings.of(config));
        this.role = SqlIdentifier.quote(config.postgres().user());
    }

    void judge(SourceFacts facts) {
        role(facts);
        bounds(facts);
        durability(facts);
        transactions(facts);
        slots(facts);
    }

    private void role(SourceFacts facts) {
        Findings least = findings.because(
                "whoever gets hold of the pipeline's password may do what this role may; REPLICATION, and SELECT on the"
                        + " mapped tables, are all that it needs");
        if (facts.role().superuser()) {
            List<Mend> mends = new ArrayList<>();
            mends.add(Mend.sql("ALTER ROLE " + role + " NOSUPERUSER REPLICATION;"));
            sql.grants(facts.server().database()).forEach(grant -> mends.add(Mend.sql(grant)));
            if (!facts.publication()) {
                mends.add(Mend.sql(sql.createPublication(facts.server().version())));
            }
            least.add(Severity.WARNING, "postgres.user", "role " + role + " is a superuser", mends);
            return;
        }
        List<String> more = Stream.of(
                        facts.role().createRole() ? "CREATEROLE" : "",
                        facts.role().createDatabase() ? "CREATEDB" : "",
                        facts.role().bypassRowSecurity() ? "BYPASSRLS" : "")
                .filter(word -> !word.isEmpty())
                .toList();
        if (!more.isEmpty()) {
            least.add(
                    Severity.NOTE,
                    "postgres.user",
                    "role " + role + " has rights that are never used: " + String.join(", ", more),
                    Mend.sql("ALTER ROLE " + role + " NO" + String.join(" NO", more) + ";"));
        }
    }

    private void bounds(SourceFacts facts) {
        Hosting hosting = facts.server().hosting();
        String keep = facts.setting("max_slot_wal_keep_size");
        long own = Math.max(1, config.postgres().maxRetainedWal() >> 20);
        Findings full =
                findings.because("while no listener runs nothing else bounds what the slot holds back, and a full"
                        + " disk stops the database");
        if (keep.equals("-1")) {
            full.add(
                    Severity.WARNING,
                    "postgres.max-retained-wal",
                    "max_slot_wal_keep_size is unbounded; twice max-retained-wal lets the listener warn first",
                    hosting.set(
                            "max_slot_wal_keep_size",
                            facts.server().hosting() == Hosting.SELF ? own * 2 + "MB" : "" + own * 2,
                            false));
        } else if (keep.matches("[0-9]{1,15}") && Long.parseLong(keep) < own) {
            findings.because(
                            "the server gives the slot up before the listener warns: then every mapped entry is flushed")
                    .add(
                            Severity.WARNING,
                            "postgres.max-retained-wal",
                            "max_slot_wal_keep_size is " + keep + "MB, less than max-retained-wal (" + own + "MB)",
                            Mend.setting("postgres.max-retained-wal", Math.max(1, Long.parseLong(keep)) + "MB"));
        }
        if (!List.of("", "0").contains(facts.setting("idle_replication_slot_timeout"))) {
            findings.because(
                            "a listener that is away for longer finds its slot lost, and every mapped entry is flushed")
                    .add(
                            Severity.NOTE,
                            "pipeline",
                            "idle_replication_slot_timeout ends slots that are not used for "
                                    + facts.setting("idle_replication_slot_timeout") + " s",
                            hosting.set("idle_replication_slot_timeout", "0", false));
        }
        int free = facts.server().maxSenders() - facts.server().senders();
        if (free == 1 && facts.ownSlot().filter(SourceFacts.Slot::active).isEmpty()) {
            findings.because("a standby or a backup that takes it keeps the listener away")
                    .add(
                            Severity.NOTE,
                            "postgres.url",
                            "one WAL sender of " + facts.server().maxSenders() + " is left",
                            hosting.set("max_wal_senders", "" + (facts.server().maxSenders() + 5), true));
        }
    }

    private void durability(SourceFacts facts) {
        Findings lax =
                findings.because("a commit that somebody has seen may be gone after a crash of the server, and its"
                        + " log with it; every mapped entry is flushed then");
        for (SourceFacts.LaxCommit where : facts.laxCommits()) {
            String database = where.database().map(SqlIdentifier::quote).orElse("");
            String user = where.role().map(SqlIdentifier::quote).orElse("");
            String place = user.isEmpty()
                    ? database.isEmpty() ? "the server" : "database " + database
                    : "role " + user + (database.isEmpty() ? "" : " in database " + database);
            List<Mend> mends = user.isEmpty()
                    ? database.isEmpty()
                            ? facts.server().hosting().set("synchronous_commit", "on", false)
                            : List.of(Mend.sql("ALTER DATABASE " + database + " RESET synchronous_commit;"))
                    : List.of(Mend.sql("ALTER ROLE " + user + (database.isEmpty() ? "" : " IN DATABASE " + database)
                            + " RESET synchronous_commit;"));
            lax.add(Severity.WARNING, "postgres.url", "synchronous_commit is off for " + place, mends);
        }
        if (facts.setting("fsync").equals("off")) {
            findings.because("a crash of the machine may destroy the database, and with it what the cache is made of")
                    .add(
                            Severity.WARNING,
                            "postgres.url",
                            "fsync is off",
                            facts.server().hosting().set("fsync", "on", false));
        }
    }

    private void transactions(SourceFacts facts) {
        Findings held = findings.because("the slot keeps the log from the oldest open transaction on: the source's disk"
                + " fills, and fills of a key that it changed wait for its end");
        for (SourceFacts.Open open : facts.open()) {
            if (open.age().compareTo(OLD) > 0) {
                held.add(
                        Severity.WARNING,
                        "postgres.url",
                        "a transaction of role " + SqlIdentifier.quote(open.user()) + " (backend " + open.pid()
                                + ") is open for " + Amounts.duration(open.age())
                                + (open.idle() ? ", and idle" : ""),
                        Mend.sql("SELECT pg_terminate_backend(" + open.pid() + ");"));
            }
        }
        for (SourceFacts.Prepared prepared : facts.prepared()) {
            if (prepared.age().compareTo(OLD) > 0) {
                held.add(
                        Severity.WARNING,
                        "postgres.url",
                        "the prepared transaction " + SqlIdentifier.literal(prepared.gid()) + " waits for "
                                + Amounts.duration(prepared.age()) + " in database "
                                + SqlIdentifier.quote(prepared.database())
                                + "; run there, unless its coordinator says COMMIT PREPARED",
                        Mend.sql("ROLLBACK PREPARED " + SqlIdentifier.literal(prepared.gid()) + ";"));
            }
        }
        if (!facts.seesOthers()) {
            findings.because("old transactions of others hold the slot back, and could not be looked for")
                    .add(
                            Severity.NOTE,
                            "postgres.user",
                            "role " + role + " does not see what other sessions do; nothing but this check needs it",
                            Mend.sql("GRANT pg_read_all_stats TO " + role + ";"));
        }
    }

    private void slots(SourceFacts facts) {
        long limit = config.postgres().maxRetainedWal();
        for (SourceFacts.Slot slot : facts.slots()) {
            if (slot.retainedBytes() > limit) {
                findings.because("what a slot holds back fills the source's disk")
                        .add(
                                slot.own() ? Severity.WARNING : Severity.NOTE,
                                "postgres.max-retained-wal",
                                "the slot '" + slot.name() + "' holds back " + Amounts.bytes(slot.retainedBytes())
                                        + (slot.active() ? "" : ", and nobody reads it"),
                                slot.own()
                                        ? Mend.hand("start the listener, and see in its log what keeps it")
                                        : Mend.hand("if nothing needs it any more: SELECT pg_drop_replication_slot("
                                                + SqlIdentifier.literal(slot.name()) + ");"));
            }
        }
        boolean standbys = facts.slots().stream().anyMatch(SourceFacts.Slot::physical);
        Findings failover = findings.because(
                "after a failover of the source the new primary has no slot: the mapped caches are flushed");
        if (facts.server().version() < FAILOVER_SLOTS) {
            if (standbys) {
                failover.add(
                        Severity.NOTE,
                        "postgres.url",
                        "slots survive a failover from PostgreSQL 17 on; this is "
                                + facts.server().version() / 10000);
            }
            return;
        }
        facts.ownSlot()
                .filter(slot -> slot.failover().filter(kept -> !kept).isPresent())
                .ifPresent(slot -> failover.add(
                        Severity.NOTE,
                        "pipeline",
                        "the slot '" + slot.name() + "' was made without failover; made anew, which flushes the mapped"
                                + " caches once, standbys can keep it (stop the listener first)",
                        Mend.sql(sql.dropSlot()),
                        Mend.sql(sql.createSlot(facts.server().version()))));
        if (standbys && facts.setting("synchronized_standby_slots").isEmpty()) {
            findings.because(
                            "the listener may see changes that a failover then loses; they are flushed, not kept fresh")
                    .add(
                            Severity.NOTE,
                            "postgres.url",
                            "there are standbys, and synchronized_standby_slots names none of their slots",
                            facts.server()
                                    .hosting()
                                    .set(
                                            "synchronized_standby_slots",
                                            facts.slots().stream()
                                                    .filter(SourceFacts.Slot::physical)
                                                    .map(SourceFacts.Slot::name)
                                                    .findFirst()
                                                    .orElse(""),
                                            false));
        }
    }
}
