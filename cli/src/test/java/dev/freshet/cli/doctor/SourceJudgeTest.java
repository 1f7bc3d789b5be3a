package dev.freshet.cli.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.cli.check.Finding.Severity;
import dev.freshet.cli.check.Hosting;
import dev.freshet.cli.check.ServerFacts;
import dev.freshet.cli.doctor.SourceFacts.LaxCommit;
import dev.freshet.cli.doctor.SourceFacts.Open;
import dev.freshet.cli.doctor.SourceFacts.Prepared;
import dev.freshet.cli.doctor.SourceFacts.Role;
import dev.freshet.cli.doctor.SourceFacts.Slot;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SourceJudgeTest {

    private static final Role LEAST = new Role(false, false, false, false);
    private static final Map<String, String> BOUNDED = Map.of("max_slot_wal_keep_size", "20480", "fsync", "on");

    private final Told told = Told.caches("b: { table: public.books, key: \"b:{id}\" }");

    @Test
    void aServerAsItShouldBePasses() {
        judge(facts(170000, Hosting.SELF, LEAST, BOUNDED));

        assertThat(told.all()).isEmpty();
    }

    @Test
    void aSuperuserIsAdvisedAgainstWithAllThatItsRoleNeedsInstead() {
        judge(facts(170000, Hosting.SELF, new Role(true, true, true, true), BOUNDED));

        assertThat(told.only()).isEqualTo(Severity.WARNING);
        assertThat(told.mends())
                .containsExactly(
                        "ALTER ROLE \"freshet\" NOSUPERUSER REPLICATION;",
                        "GRANT CONNECT ON DATABASE \"shop\" TO \"freshet\";",
                        "GRANT USAGE ON SCHEMA \"public\" TO \"freshet\";",
                        "GRANT SELECT ON \"public\".\"books\" TO \"freshet\";");
    }

    @Test
    void rightsThatAreNeverUsedAreAdvice() {
        judge(facts(170000, Hosting.SELF, new Role(false, true, false, true), BOUNDED));

        assertThat(told.only()).isEqualTo(Severity.NOTE);
        assertThat(told.mends()).containsExactly("ALTER ROLE \"freshet\" NOCREATEROLE NOBYPASSRLS;");
    }

    @Test
    void anUnboundedSlotIsBoundAtTwiceWhatTheListenerWarnsAt() {
        judge(facts(170000, Hosting.SELF, LEAST, Map.of("max_slot_wal_keep_size", "-1")));

        assertThat(told.only()).isEqualTo(Severity.WARNING);
        assertThat(told.mends())
                .containsExactly("ALTER SYSTEM SET max_slot_wal_keep_size = '20480MB';", "SELECT pg_reload_conf();");
    }

    @Test
    void aBoundBelowTheListenersOwnIsMendedInTheFile() {
        judge(facts(170000, Hosting.SELF, LEAST, Map.of("max_slot_wal_keep_size", "1024")));

        assertThat(told.mends()).containsExactly("postgres.max-retained-wal: 1024MB");
    }

    @Test
    void aProvidersParametersAreNoSql() {
        judge(facts(160000, Hosting.CLOUD_SQL, LEAST, Map.of("max_slot_wal_keep_size", "-1")));

        assertThat(told.mends()).containsExactly("max_slot_wal_keep_size = 20480   (in the instance's database flags)");
    }

    @Test
    void laxCommitsAreToldWhereTheyAreSet() {
        judge(new SourceFacts(
                server(170000, Hosting.SELF, 9),
                LEAST,
                BOUNDED,
                List.of(
                        new LaxCommit(Optional.empty(), Optional.empty()),
                        new LaxCommit(Optional.of("shop"), Optional.empty()),
                        new LaxCommit(Optional.empty(), Optional.of("app")),
                        new LaxCommit(Optional.of("shop"), Optional.of("app"))),
                true,
                List.of(),
                List.of(),
                true,
                List.of()));

        assertThat(told.all()).allMatch(finding -> finding.severity() == Severity.WARNING);
        assertThat(told.mends())
                .containsExactly(
                        "ALTER SYSTEM SET synchronous_commit = 'on';",
                        "SELECT pg_reload_conf();",
                        "ALTER DATABASE \"shop\" RESET synchronous_commit;",
                        "ALTER ROLE \"app\" RESET synchronous_commit;",
                        "ALTER ROLE \"app\" IN DATABASE \"shop\" RESET synchronous_commit;");
    }

    @Test
    void fsyncOffIsToldWithItsMend() {
        judge(facts(170000, Hosting.SELF, LEAST, Map.of("max_slot_wal_keep_size", "20480", "fsync", "off")));

        assertThat(told.messages()).containsExactly("WARNING fsync is off");
    }

    @Test
    void onlyOldTransactionsAreToldAndThoseThatArePreparedToo() {
        judge(new SourceFacts(
                server(170000, Hosting.SELF, 9),
                LEAST,
                BOUNDED,
                List.of(),
                true,
                List.of(
                        new Open(7, "app", true, Duration.ofMinutes(90)),
                        new Open(8, "app", false, Duration.ofMinutes(4))),
                List.of(
                        new Prepared("it's", "shop", Duration.ofHours(50)),
                        new Prepared("young", "shop", Duration.ofSeconds(9))),
                true,
                List.of()));

        assertThat(told.messages())
                .containsExactly(
                        "WARNING a transaction of role \"app\" (backend 7) is open for 90 min, and idle",
                        "WARNING the prepared transaction 'it''s' waits for 2 days in database \"shop\"; run there, unless"
                                + " its coordinator says COMMIT PREPARED");
        assertThat(told.mends()).containsExactly("SELECT pg_terminate_backend(7);", "ROLLBACK PREPARED 'it''s';");
    }

    @Test
    void whatTheRoleMayNotSeeIsSaid() {
        judge(new SourceFacts(
                server(170000, Hosting.SELF, 9),
                LEAST,
                BOUNDED,
                List.of(),
                false,
                List.of(),
                List.of(),
                true,
                List.of()));

        assertThat(told.only()).isEqualTo(Severity.NOTE);
        assertThat(told.mends()).containsExactly("GRANT pg_read_all_stats TO \"freshet\";");
    }

    @Test
    void aSlotThatHoldsBackTooMuchIsToldAndForeignOnesAreAdvice() {
        judge(withSlots(
                170000,
                9,
                new Slot("shop", true, false, false, 11L << 30, "extended", Optional.of(true)),
                new Slot("old", false, false, false, 12L << 30, "extended", Optional.of(false))));

        assertThat(told.messages())
                .containsExactly(
                        "WARNING the slot 'shop' holds back 11.0 GB, and nobody reads it",
                        "NOTE the slot 'old' holds back 12.0 GB, and nobody reads it");
    }

    @Test
    void aSlotWithoutFailoverIsAdviceFrom17On() {
        Slot slot = new Slot("shop", true, false, true, 0, "reserved", Optional.of(false));
        judge(withSlots(170000, 9, slot));

        assertThat(told.only()).isEqualTo(Severity.NOTE);
        assertThat(told.mends()).hasSize(2).last().asString().contains("'shop', 'pgoutput', false, false, true");
    }

    @Test
    void before17AFailoverLosesTheSlotWhichCountsWhereThereAreStandbys() {
        Slot own = new Slot("shop", true, false, true, 0, "reserved", Optional.empty());
        Slot standby = new Slot("replica", false, true, true, 0, "reserved", Optional.empty());
        judge(withSlots(150000, 9, own, standby));

        assertThat(told.messages()).containsExactly("NOTE slots survive a failover from PostgreSQL 17 on; this is 15");
    }

    @Test
    void standbysThatMayFallBehindTheListenerAreAdvice() {
        Slot own = new Slot("shop", true, false, true, 0, "reserved", Optional.of(true));
        Slot standby = new Slot("replica", false, true, true, 0, "reserved", Optional.of(false));
        judge(withSlots(170000, 9, own, standby));

        assertThat(told.mends())
                .containsExactly(
                        "ALTER SYSTEM SET synchronized_standby_slots = 'replica';", "SELECT pg_reload_conf();");
    }

    @Test
    void theLastSenderIsToldUnlessTheListenerHoldsOne() {
        judge(withSlots(170000, 1));

        assertThat(told.messages()).containsExactly("NOTE one WAL sender of 10 is left");
    }

    private void judge(SourceFacts facts) {
        new SourceJudge(told.config(), told.findings()).judge(facts);
    }

    private static ServerFacts server(int version, Hosting hosting, int freeSenders) {
        return new ServerFacts(
                version, "shop", false, "logical", 1, 10, 10 - freeSenders, 10, true, false, hosting, false);
    }

    private static SourceFacts facts(int version, Hosting hosting, Role role, Map<String, String> settings) {
        return new SourceFacts(
                server(version, hosting, 9), role, settings, List.of(), true, List.of(), List.of(), true, List.of());
    }

    private static SourceFacts withSlots(int version, int freeSenders, Slot... slots) {
        return new SourceFacts(
                server(version, Hosting.SELF, freeSenders),
                LEAST,
                BOUNDED,
                List.of(),
                true,
                List.of(),
                List.of(),
                true,
                List.of(slots));
    }
}
