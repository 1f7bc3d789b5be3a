package dev.freshet.cli.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.freshet.cli.check.ServerFacts;
import dev.freshet.cli.check.TestDatabase;
import dev.freshet.model.NamedQuery;
import dev.freshet.model.TableId;
import dev.freshet.model.config.ConfigFile;
import dev.freshet.model.config.FreshetConfig;
import dev.freshet.writer.catalogue.JdbcCatalogue;
import dev.freshet.writer.catalogue.SourceConnection;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is read of a real PostgreSQL, as the pipeline's own role. */
class SourceExamIT {

    private static final TableId WIDE = TableId.parse("public.wide");
    private static final int UPDATES = 2000;

    private final TestDatabase database = TestDatabase.create();

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void othersTransactionsAreSeenOnlyByWhoMay() throws SQLException {
        database.run("CREATE TABLE wide (id bigint PRIMARY KEY)");
        try (Connection other = DriverManager.getConnection(
                        database.server().jdbcUrl(database.name()),
                        database.server().user(),
                        database.server().password());
                Statement statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute("INSERT INTO wide VALUES (1)");

            SourceFacts blind = facts();
            database.run("GRANT pg_read_all_stats TO " + database.name());
            SourceFacts seeing = facts();

            assertThat(blind.seesOthers()).isFalse();
            assertThat(blind.open()).isEmpty();
            assertThat(seeing.seesOthers()).isTrue();
            assertThat(seeing.open())
                    .anyMatch(open -> open.idle()
                            && open.user().equals(database.server().user())
                            && open.age().toMinutes() < 5);
            other.rollback();
        }
    }

    @Test
    void roleSlotAndSettingsAreTold() {
        String name = database.name();
        database.run(
                "SELECT pg_create_logical_replication_slot('" + name + "', 'pgoutput')",
                "ALTER ROLE " + name + " CREATEDB",
                "ALTER ROLE " + name + " IN DATABASE " + name + " SET synchronous_commit = off",
                "CREATE PUBLICATION " + name);

        SourceFacts facts = facts();

        assertThat(facts.role()).isEqualTo(new SourceFacts.Role(false, false, true, false));
        assertThat(facts.publication()).isTrue();
        assertThat(facts.laxCommits())
                .as("and not the server's, behind which the role's own hides")
                .containsExactly(new SourceFacts.LaxCommit(Optional.of(name), Optional.of(name)));
        assertThat(facts.ownSlot()).hasValueSatisfying(slot -> {
            assertThat(slot.physical()).isFalse();
            assertThat(slot.active()).isFalse();
            assertThat(slot.retainedBytes()).isBetween(0L, 1L << 30);
            assertThat(slot.failover().isPresent()).isEqualTo(facts.server().version() >= 170000);
        });
    }

    @Test
    void whatAQueryReadsIsFoundBehindViewsPartitionsAndParameters() {
        database.run("""
                CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint, day date);
                CREATE TABLE customers (id bigint PRIMARY KEY, name text);
                CREATE TABLE parts (id bigint, day date) PARTITION BY RANGE (day);
                CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
                CREATE TABLE parts_2 PARTITION OF parts FOR VALUES FROM ('2021-01-01') TO ('2022-01-01');
                CREATE VIEW named AS SELECT o.id, c.name FROM orders o JOIN customers c ON c.id = o.customer_id;
                """, "GRANT SELECT ON ALL TABLES IN SCHEMA public TO " + database.name());

        Set<TableId> read = reads("""
                WITH p AS (SELECT max(day) AS day FROM parts WHERE id = :id AND day = :day)
                SELECT n.name, p.day FROM named n CROSS JOIN p
                WHERE n.id = :id AND EXISTS (SELECT FROM pg_class);""");

        assertThat(read).hasToString("[public.customers, public.orders, public.parts]");
    }

    private Set<TableId> reads(String query) {
        try (SourceConnection source = new SourceConnection(config().postgres(), "test")) {
            return source.call(connection -> new QueryReads(connection)
                    .of(
                            NamedQuery.parse(query),
                            new JdbcCatalogue(source)
                                    .shape(TableId.parse("public.orders"))
                                    .orElseThrow()));
        }
    }

    @Test
    void theCostOfAFullIdentityIsWhatTheLogGrowsBy() throws SQLException {
        database.run("""
                CREATE TABLE wide (id bigint PRIMARY KEY, n int, name text, body text);
                INSERT INTO wide SELECT i, 0, md5(i::text), repeat(md5(i::text), 8) FROM generate_series(1, 20000) i;
                """);
        // VACUUM runs alone.
        database.run("VACUUM ANALYZE wide");
        double estimate;
        try (SourceConnection source = new SourceConnection(config().postgres(), "test")) {
            estimate = source.call(connection -> IdentityCost.perChange(TableFactsReader.read(connection, WIDE)
                    .orElseThrow()
                    .leaves()
                    .get(0)));
        }

        long without = walOfUpdates(1);
        database.run("ALTER TABLE wide REPLICA IDENTITY FULL");
        long with = walOfUpdates(10_001);

        double measured = (with - without) / (double) UPDATES;
        assertThat(estimate).isBetween(measured * 0.7, measured * 1.4);
    }

    private long walOfUpdates(int from) throws SQLException {
        try (Connection connection = DriverManager.getConnection(
                        database.server().jdbcUrl(database.name()),
                        database.server().user(),
                        database.server().password());
                Statement statement = connection.createStatement()) {
            // Before each first change of a page the whole page may be logged.
            statement.execute("SET synchronous_commit = off");
            statement.execute("UPDATE wide SET n = n + 1 WHERE id BETWEEN " + from + " AND " + (from + UPDATES - 1));
            long before = position(statement);
            statement.execute("UPDATE wide SET n = n + 1 WHERE id BETWEEN " + from + " AND " + (from + UPDATES - 1));
            return position(statement) - before;
        }
    }

    private static long position(Statement statement) throws SQLException {
        try (var row = statement.executeQuery("SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::bigint")) {
            row.next();
            return row.getLong(1);
        }
    }

    @Test
    void theRateOfChangesIsTheAverageOrThatOfTheMoment() {
        database.run(
                "CREATE TABLE wide (id bigint PRIMARY KEY)",
                "INSERT INTO wide SELECT generate_series(1, 1000)",
                "GRANT SELECT ON wide TO " + database.name());
        Told told = new Told("caches: { w: { table: public.wide, key: \"w:{id}\" } }\n");
        try (SourceExam exam = new SourceExam(config(), told.findings(), new Measures())) {
            exam.run();
            double average = exam.changesPerSecond().getOrDefault(WIDE, 0.0);

            database.run("INSERT INTO wide SELECT generate_series(1001, 101000)");

            // A session's counts arrive when it ends, which nobody waits for.
            await().untilAsserted(() ->
                    assertThat(exam.changesPerSecond().getOrDefault(WIDE, 0.0)).isGreaterThan(Math.max(1000, average)));
        }
        assertThat(told.messages()).noneMatch(message -> message.contains("could not look"));
    }

    private SourceFacts facts() {
        FreshetConfig config = config();
        try (SourceConnection source = new SourceConnection(config.postgres(), "test")) {
            return source.call(
                    connection -> new SourceFactsReader(config).read(connection, ServerFacts.read(connection)));
        }
    }

    private FreshetConfig config() {
        return ConfigFile.parse(database.yaml("w: { table: public.wide, key: \"w:{id}\" }\n"), Map.of())
                .config();
    }
}
