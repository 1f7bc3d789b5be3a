package dev.freshet.listener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.freshet.model.Lsn;
import dev.freshet.stack.EmbeddedStack;
import dev.freshet.stack.PostgresServer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class AcknowledgementIT {

    private static final Duration LIMIT = Duration.ofSeconds(60);

    @Test
    void theSlotOfAnIdleDatabaseMoves() throws Exception {
        try (TestServers servers = new TestServers("CREATE TABLE books (id bigint PRIMARY KEY)")) {
            HeldLog log = new HeldLog(servers.topics().offsets());
            try (Listener listener = new Listener(servers.settings("public.books"), log)) {
                listener.start();
                assertThat(listener.awaitStreaming(LIMIT)).isTrue();
                Lsn now = Lsn.parse(servers.text("SELECT pg_current_wal_insert_lsn()"));
                await().atMost(LIMIT).until(() -> Lsn.parse(servers.confirmed()).compareTo(now) >= 0);
            }
        }
    }

    @Test
    void theSlotNeverPassesAChangeThatIsNotStored() throws Exception {
        theSlotWaitsFor(TestServers::tableTopic);
    }

    @Test
    void theSlotNeverPassesThePositionThatIsNotStored() throws Exception {
        theSlotWaitsFor(servers -> servers.topics().offsets());
    }

    private static void theSlotWaitsFor(Function<TestServers, String> topic) throws Exception {
        try (TestServers servers = new TestServers("CREATE TABLE books (id bigint PRIMARY KEY)")) {
            HeldLog log = new HeldLog(servers.topics().offsets());
            try (Listener listener = new Listener(servers.settings("public.books"), log)) {
                listener.start();
                assertThat(listener.awaitStreaming(LIMIT)).isTrue();
                log.hold(topic.apply(servers));
                // Positions before this one may be on their way.
                Lsn before = Lsn.parse(servers.text("SELECT pg_current_wal_insert_lsn()"));

                servers.execute("INSERT INTO books SELECT generate_series(1, 100)");
                await().atMost(LIMIT).until(() -> log.heldRecords() > 0);
                for (int i = 0; i < 4; i++) {
                    servers.execute("INSERT INTO books VALUES (" + (1000 + i) + ")");
                    await().pollDelay(Duration.ofSeconds(1)).until(() -> true);
                    assertThat(Lsn.parse(servers.confirmed())).isLessThanOrEqualTo(before);
                }

                log.release();
                Lsn now = Lsn.parse(servers.text("SELECT pg_current_wal_insert_lsn()"));
                await().atMost(LIMIT).until(() -> Lsn.parse(servers.confirmed()).compareTo(now) >= 0);
                assertThat(log.values(servers.tableTopic())).hasSize(104);
            }
        }
    }

    @Test
    void aRestartReplaysWhatWasNotStoredAndNothingIsAGap() throws Exception {
        try (TestServers servers = new TestServers("CREATE TABLE books (id bigint PRIMARY KEY)")) {
            HeldLog log = new HeldLog(servers.topics().offsets());
            CaptureSettings settings = servers.settings("public.books");
            try (Listener listener = new Listener(settings, log)) {
                listener.start();
                assertThat(listener.awaitStreaming(LIMIT)).isTrue();
            }
            servers.execute("INSERT INTO books SELECT generate_series(1, 50)");
            try (Listener listener = new Listener(settings, log)) {
                listener.start();
                assertThat(listener.awaitStreaming(LIMIT)).isTrue();
                await().atMost(LIMIT)
                        .until(() -> log.values(servers.tableTopic()).size() == 50);
            }
            assertThat(gaps(servers, log)).hasSize(1);
        }
    }

    @Test
    void aTerminatedWalsenderIsReplacedWithoutLossOrGap() throws Exception {
        try (TestServers servers = new TestServers("CREATE TABLE books (id bigint PRIMARY KEY)")) {
            HeldLog log = new HeldLog(servers.topics().offsets());
            try (Listener listener = new Listener(servers.settings("public.books"), log)) {
                listener.start();
                assertThat(listener.awaitStreaming(LIMIT)).isTrue();
                String kill = "SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE slot_name = '"
                        + servers.name() + "'";
                servers.execute("INSERT INTO books SELECT generate_series(1, 50)", kill);
                servers.execute("INSERT INTO books SELECT generate_series(51, 100)");
                await().atMost(LIMIT).until(() -> distinctIds(servers, log) == 100);
            }
            assertThat(gaps(servers, log)).hasSize(1);
        }
    }

    @Test
    void aKilledPostgresIsFoundAgainAndNothingIsLost() throws Exception {
        try (TestServers servers = new TestServers("CREATE TABLE books (id bigint PRIMARY KEY)")) {
            HeldLog log = new HeldLog(servers.topics().offsets());
            try (Listener listener = new Listener(servers.settings("public.books"), log)) {
                listener.start();
                assertThat(listener.awaitStreaming(LIMIT)).isTrue();
                servers.execute("INSERT INTO books SELECT generate_series(1, 50)");
                PostgresServer postgres = EmbeddedStack.shared().postgres();
                postgres.kill();
                await().atMost(LIMIT).until(() -> postgres.pid() == 0);
                postgres.start();
                servers.reconnect();
                servers.execute("INSERT INTO books SELECT generate_series(51, 100)");
                await().atMost(LIMIT).until(() -> distinctIds(servers, log) == 100);
                await().atMost(LIMIT).until(() -> listener.state() == Listener.State.STREAMING);
            }
            assertThat(gaps(servers, log)).hasSize(1);
        }
    }

    @Test
    void anOrderlyStopOfPostgresDoesNotWaitForTheListener() throws Exception {
        try (TestServers servers = new TestServers("CREATE TABLE books (id bigint PRIMARY KEY)")) {
            HeldLog log = new HeldLog(servers.topics().offsets());
            try (Listener listener = new Listener(servers.settings("public.books"), log)) {
                listener.start();
                assertThat(listener.awaitStreaming(LIMIT)).isTrue();
                servers.execute("INSERT INTO books SELECT generate_series(1, 50)");
                await().atMost(LIMIT).until(() -> distinctIds(servers, log) == 50);
                PostgresServer postgres = EmbeddedStack.shared().postgres();
                try {
                    // Left to itself, Debezium notices at its next probe of its other connection, ten seconds apart.
                    assertThat(CompletableFuture.runAsync(postgres::stop)).succeedsWithin(Duration.ofSeconds(6));
                } finally {
                    postgres.start();
                    servers.reconnect();
                }
                servers.execute("INSERT INTO books SELECT generate_series(51, 100)");
                await().atMost(LIMIT).until(() -> distinctIds(servers, log) == 100);
            }
            assertThat(gaps(servers, log)).hasSize(1);
        }
    }

    private static long distinctIds(TestServers servers, HeldLog log) {
        return log.values(servers.tableTopic()).stream()
                .map(value -> value.replaceAll(".*\"after\":\\{\"id\":(\\d+)}.*", "$1"))
                .distinct()
                .count();
    }

    private static List<String> gaps(TestServers servers, HeldLog log) {
        return log.values(servers.topics().control()).stream()
                .filter(value -> value.contains("\"gap\""))
                .toList();
    }

    @Test
    void aDroppedSlotIsAGapInANewEpoch() throws Exception {
        try (TestServers servers = new TestServers("CREATE TABLE books (id bigint PRIMARY KEY)")) {
            HeldLog log = new HeldLog(servers.topics().offsets());
            CaptureSettings settings = servers.settings("public.books");
            for (int i = 0; i < 2; i++) {
                try (Listener listener = new Listener(settings, log)) {
                    listener.start();
                    assertThat(listener.awaitStreaming(LIMIT)).isTrue();
                }
                servers.dropSlot();
            }
            assertThat(gaps(servers, log)).hasSize(2).last().asString().contains("\"epoch\":2");
        }
    }
}
