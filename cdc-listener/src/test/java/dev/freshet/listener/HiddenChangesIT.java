package dev.freshet.listener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.freshet.model.ControlRecord;
import dev.freshet.model.Lsn;
import dev.freshet.model.TableId;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** What happens to mapped tables and is not in the log. */
class HiddenChangesIT {

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final TableId BOOKS = new TableId("public", "books");
    private static final TableId ORDERS = new TableId("public", "orders");

    private TestServers servers;
    private HeldLog log;
    private CaptureSettings settings;

    @BeforeEach
    void open() throws Exception {
        servers = new TestServers(
                "CREATE TABLE books (id bigint PRIMARY KEY)",
                "CREATE TABLE orders (id bigint PRIMARY KEY, price int) PARTITION BY RANGE (id)",
                "CREATE TABLE orders_1 PARTITION OF orders FOR VALUES FROM (0) TO (100)",
                "CREATE TABLE orders_2 PARTITION OF orders FOR VALUES FROM (100) TO (200)",
                "INSERT INTO orders VALUES (1, 1), (101, 1)",
                "INSERT INTO books VALUES (1)");
        log = new HeldLog(servers.topics().offsets());
        settings = servers.settings("public.books", "public.orders");
    }

    @AfterEach
    void close() throws Exception {
        servers.close();
    }

    private Listener streaming() throws InterruptedException {
        Listener listener = new Listener(settings, log);
        listener.start();
        assertThat(listener.awaitStreaming(LIMIT)).isTrue();
        return listener;
    }

    private List<ControlRecord.Gap> gaps() {
        return log.gaps(servers.topics().control());
    }

    private ControlRecord.Gap nextGap(int known) {
        await().atMost(LIMIT).until(() -> gaps().size() > known);
        return gaps().get(known);
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void whatTheLogDoesNotTellIsAGapOfItsTableWhileTheListenerRuns() throws Exception {
        try (Listener listener = streaming()) {
            List<String> hidden = List.of(
                    "TRUNCATE orders_1",
                    "ALTER TABLE orders DETACH PARTITION orders_2",
                    "ALTER TABLE orders ATTACH PARTITION orders_2 FOR VALUES FROM (100) TO (200)",
                    "DROP TABLE orders_1",
                    "ALTER TABLE orders ALTER COLUMN price TYPE bigint");
            for (String ddl : hidden) {
                int known = gaps().size();
                Lsn before = Lsn.parse(servers.text("SELECT pg_current_wal_insert_lsn()"));
                servers.execute(ddl);

                ControlRecord.Gap gap = nextGap(known);
                assertThat(gap.tables()).as(ddl).containsExactly(ORDERS);
                assertThat(gap.epoch()).as(ddl).isEqualTo(1);
                assertThat(gap.lsn()).as(ddl).isGreaterThan(before);
                assertThat(gap.reason()).contains("public.orders");
            }
            assertThat(listener.state()).isEqualTo(Listener.State.STREAMING);
            awaitStored("public.orders");
        }
        // What is stored is the state behind the gaps.
        int known = gaps().size();
        streaming().close();
        assertThat(gaps()).hasSize(known);
    }

    /** Waits until the stored position has the table as it is now. */
    private void awaitStored(String table) throws Exception {
        try (Connection connection = servers.connect()) {
            String now =
                    new SourceReader(settings).read(connection).state().tables().getOrDefault(TableId.parse(table), "");
            await().atMost(LIMIT)
                    .until(() -> log.position()
                            .map(position -> position.source().tables().get(TableId.parse(table)))
                            .filter(now::equals)
                            .isPresent());
        }
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void anEmptyNewPartitionIsNoGapAndAFilledOneIs() throws Exception {
        try (Listener listener = streaming()) {
            servers.execute("CREATE TABLE orders_3 PARTITION OF orders FOR VALUES FROM (200) TO (300)");
            awaitStored("public.orders");
            assertThat(gaps()).hasSize(1);
            servers.execute(
                    "CREATE TABLE orders_4 (id bigint PRIMARY KEY, price int)",
                    "INSERT INTO orders_4 VALUES (301)",
                    "DELETE FROM orders_4",
                    "ALTER TABLE orders ATTACH PARTITION orders_4 FOR VALUES FROM (300) TO (400)");
            assertThat(nextGap(1).tables()).containsExactly(ORDERS);
            assertThat(listener.state()).isEqualTo(Listener.State.STREAMING);
        }
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void whatHappenedWhileNoListenerRanIsAGapAtTheNextStart() throws Exception {
        streaming().close();
        servers.execute("TRUNCATE orders_1");
        streaming().close();
        assertThat(gaps()).hasSize(2);
        assertThat(gaps().get(1).tables()).containsExactly(ORDERS);
        assertThat(gaps().get(1).epoch()).isEqualTo(1);

        servers.execute("CREATE TABLE more (id bigint PRIMARY KEY)");
        settings = servers.settings("public.books", "public.orders", "public.more");
        streaming().close();
        streaming().close();
        assertThat(gaps()).hasSize(3);
        assertThat(gaps().get(2).tables()).containsExactly(new TableId("public", "more"));
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void aGapThatKafkaHasNotStoredIsToldAgain() throws Exception {
        try (Listener listener = streaming()) {
            log.hold(servers.topics().control());
            servers.execute("TRUNCATE orders_1");
            await().atMost(LIMIT)
                    .until(() ->
                            log.held(servers.topics().control()).stream().anyMatch(value -> value.contains("\"gap\"")));
            // Positions go on; but none tells of the table as if the gap were stored.
            Lsn now = Lsn.parse(servers.text("SELECT pg_current_wal_insert_lsn()"));
            servers.execute("INSERT INTO books VALUES (2)", "INSERT INTO books VALUES (3)");
            await().atMost(LIMIT)
                    .until(() -> log.position()
                            .filter(position -> position.lsn().compareTo(now) > 0)
                            .isPresent());
            assertThat(listener.state()).isEqualTo(Listener.State.STREAMING);
        }
        log.forget();
        streaming().close();
        assertThat(gaps()).hasSize(2);
        assertThat(gaps().get(1).tables()).containsExactly(ORDERS);
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void aTableThatIsDroppedAndCreatedAgainIsPublishedAgain() throws Exception {
        try (Listener listener = streaming()) {
            servers.execute("DROP TABLE books");
            assertThat(nextGap(1).tables()).containsExactly(BOOKS);
            assertThat(nextGap(1).reason()).contains("was dropped");
            // The other tables' changes go on.
            servers.execute("INSERT INTO orders VALUES (2)");
            String orders = servers.topics().of(ORDERS);
            await().atMost(LIMIT).until(() -> log.values(orders).size() == 1);
            // Also over a restart of the engine.
            servers.terminateWalsender();
            servers.execute("INSERT INTO orders VALUES (3)");
            await().atMost(LIMIT).until(() -> log.values(orders).size() >= 2);

            servers.execute("CREATE TABLE books (id bigint PRIMARY KEY)", "INSERT INTO books VALUES (7)");
            await().atMost(LIMIT).until(() -> gaps().size() > 2 && published());
            servers.execute("INSERT INTO books VALUES (8)");
            await().atMost(LIMIT)
                    .until(() ->
                            log.values(servers.tableTopic()).stream().anyMatch(value -> value.contains("\"id\":8")));
            assertThat(gaps().stream().skip(1)).allSatisfy(gap -> {
                assertThat(gap.tables()).containsExactly(BOOKS);
                assertThat(gap.epoch()).isEqualTo(1);
            });
            // What was written before the table was published again is flushed by a gap that was found after it was.
            awaitStored("public.books");
            assertThat(listener.state()).isEqualTo(Listener.State.STREAMING);
        }
    }

    private boolean published() throws Exception {
        return servers.text("SELECT count(*) FROM pg_publication_tables WHERE tablename = 'books' AND pubname = '"
                        + servers.name() + "'")
                .equals("1");
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void aTableThatSomebodyTookOutOfThePublicationIsAGapAndPublishedAgain() throws Exception {
        try (Listener listener = streaming()) {
            servers.execute(
                    "ALTER PUBLICATION " + servers.name() + " DROP TABLE books", "INSERT INTO books VALUES (9)");
            await().atMost(LIMIT).until(this::published);
            awaitStored("public.books");
            assertThat(gaps().size()).isGreaterThan(1);
            assertThat(gaps().get(gaps().size() - 1).tables()).containsExactly(BOOKS);
            assertThat(listener.state()).isNotEqualTo(Listener.State.STOPPED);
        }
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void ddlThatHoldsItsLockForLongDoesNotHoldUpTheHeartbeats() throws Exception {
        try (Listener listener = streaming();
                Connection ddl = servers.connect();
                var statement = ddl.createStatement()) {
            ddl.setAutoCommit(false);
            statement.execute("ALTER TABLE orders ADD COLUMN note text DEFAULT random()::text");
            statement.execute("TRUNCATE orders_1");
            long beats = beats();
            await().atMost(LIMIT).until(() -> beats() >= beats + 3);
            assertThat(gaps()).as("nothing is committed yet").hasSize(1);
            try (Connection other = servers.connect();
                    var impatient = other.createStatement()) {
                impatient.execute("SET lock_timeout = '1s'");
                assertThat(new SourceReader(settings).read(other).tables()).containsOnlyKeys(BOOKS, ORDERS);
            }
            ddl.commit();
            assertThat(nextGap(1).tables()).containsExactly(ORDERS);
            assertThat(listener.state()).isEqualTo(Listener.State.STREAMING);
        }
    }

    private long beats() {
        return log.values(servers.topics().control()).stream()
                .filter(value -> value.contains("\"heartbeat\""))
                .count();
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void aTableThatTheRoleMayNotPublishKeepsNothingElseAwayAndIsAGapOnceItIsPublished() throws Exception {
        String role = "role_" + servers.name();
        settings = servers.settings(servers.postgres(role, "secret"), "public.books", "public.orders");
        SourceSql sql = new SourceSql(settings);
        servers.execute(
                "CREATE ROLE " + role + " LOGIN REPLICATION PASSWORD 'secret'",
                sql.createPublication(servers.version()));
        servers.execute(sql.grants(servers.name()).toArray(String[]::new));
        try (Listener listener = streaming()) {
            servers.execute("DROP TABLE books", "CREATE TABLE books (id bigint PRIMARY KEY)");
            assertThat(nextGap(1).tables()).containsExactly(BOOKS);
            servers.execute("INSERT INTO orders VALUES (3)");
            await().atMost(LIMIT)
                    .until(() -> log.values(servers.topics().of(ORDERS)).size() == 1);
            awaitStored("public.books");
            await().atMost(LIMIT).until(() -> listener.state() == Listener.State.STREAMING);

            int known = gaps().size();
            servers.execute(
                    "INSERT INTO books VALUES (7)", sql.addTables(List.of(BOOKS)), "INSERT INTO books VALUES (8)");
            assertThat(nextGap(known).tables()).containsExactly(BOOKS);
            await().atMost(LIMIT).until(() -> log.values(servers.tableTopic()).size() == 1);
            assertThat(log.values(servers.tableTopic()).get(0)).contains("\"id\":8");
        } finally {
            servers.dropSlot();
            servers.execute(sql.teardown(servers.name()).toArray(String[]::new));
        }
    }
}
