package dev.freshet.listener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.freshet.model.ControlRecord;
import dev.freshet.model.config.PostgresConfig;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Slots that were dropped, made again, moved or given up, while a listener ran and while none did. */
class LostSlotIT {

    private static final Duration LIMIT = Duration.ofSeconds(60);

    private TestServers servers;
    private HeldLog log;
    private CaptureSettings settings;

    @BeforeEach
    void open() throws Exception {
        servers = new TestServers("CREATE TABLE books (id bigint PRIMARY KEY)");
        log = new HeldLog(servers.topics().offsets());
        settings = servers.settings("public.books");
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

    /** Exactly one gap more, of all tables, in the next epoch. */
    private void isGapOfAll(int number, String... words) {
        await().atMost(LIMIT).until(() -> gaps().size() >= number);
        ControlRecord.Gap gap = gaps().get(number - 1);
        assertThat(gap.tables()).isEmpty();
        assertThat(gap.epoch()).isEqualTo(number);
        assertThat(gap.reason()).contains(words);
        assertThat(gaps()).hasSize(number);
    }

    private void untilNothingIsMissed(Listener listener, int id) throws SQLException {
        servers.execute("INSERT INTO books VALUES (" + id + ")");
        await().atMost(LIMIT)
                .until(() -> log.values(servers.tableTopic()).stream()
                        .anyMatch(value -> value.contains("\"after\":{\"id\":" + id + "}")));
        await().atMost(LIMIT).until(() -> listener.state() == Listener.State.STREAMING);
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void aSlotThatIsDroppedUnderARunningListenerIsAGap() throws Exception {
        try (Listener listener = streaming()) {
            await().atMost(LIMIT)
                    .pollInterval(Duration.ofMillis(1))
                    .ignoreExceptions()
                    .until(() -> {
                        servers.terminateWalsender();
                        servers.execute("SELECT pg_drop_replication_slot('" + servers.name() + "')");
                        return true;
                    });
            isGapOfAll(2, "did not exist");
            untilNothingIsMissed(listener, 1);
        }
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void aSlotThatSomebodyElseMadeAgainOrMovedIsAGap() throws Exception {
        streaming().close();
        servers.dropSlot();
        servers.execute(new SourceSql(settings).createSlot(servers.version()));
        streaming().close();
        isGapOfAll(2, "past");

        servers.execute(
                "INSERT INTO books VALUES (1)",
                "SELECT pg_replication_slot_advance('" + servers.name() + "', pg_current_wal_lsn())");
        try (Listener listener = streaming()) {
            isGapOfAll(3, "past");
            untilNothingIsMissed(listener, 2);
        }
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void aSlotThatVanishesBetweenTheChecksAndTheRunIsAGap() throws Exception {
        streaming().close();
        // Debezium makes a slot that is missing, and would go on from it; unless it is found missing first.
        log.beforeNextRun(() -> servers.dropSlot());
        try (Listener listener = streaming()) {
            isGapOfAll(2, "slot");
            untilNothingIsMissed(listener, 1);
        }
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void aSlotThatHoldsBackTooMuchIsGivenUpWhereThatIsAskedFor() throws Exception {
        long limit = 4L << 20;
        PostgresConfig plain = servers.postgres();
        settings = servers.settings(
                new PostgresConfig(
                        plain.url(),
                        plain.user(),
                        plain.password(),
                        limit,
                        PostgresConfig.OnMaxRetainedWal.DROP,
                        Map.of()),
                "public.books");
        try (Listener listener = streaming()) {
            log.hold(servers.tableTopic());
            servers.execute(
                    "INSERT INTO books VALUES (1)",
                    "SELECT pg_logical_emit_message(false, 'x', repeat('x', 1000000)) FROM generate_series(1, 6)");
            isGapOfAll(2, "max-retained-wal");
            log.forget();
            untilNothingIsMissed(listener, 2);
            await().atMost(LIMIT)
                    .until(() -> listener.retainedWal().isPresent()
                            && listener.retainedWal().getAsLong() < limit);
        }
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void whatTheSlotHoldsBackIsMeasuredAlsoByAStandbyAndOnlyComplainedAbout() throws Exception {
        long written = 3L << 20;
        PostgresConfig plain = servers.postgres();
        settings = servers.settings(
                new PostgresConfig(plain.url(), plain.user(), plain.password(), 1L << 20, Map.of()), "public.books");
        try (Listener listener = streaming();
                Listener standby = new Listener(settings, log)) {
            standby.start();
            await().atMost(LIMIT).until(() -> standby.state() == Listener.State.STANDBY);
            log.hold(servers.tableTopic());
            servers.execute(
                    "INSERT INTO books VALUES (1)",
                    "SELECT pg_logical_emit_message(false, 'x', repeat('x', 1 << 20)) FROM generate_series(1, 3)");
            for (Listener one : List.of(listener, standby)) {
                await().atMost(LIMIT).until(() -> one.retainedWal().orElse(0) >= written);
            }
            assertThat(listener.state()).isEqualTo(Listener.State.STREAMING);
            assertThat(gaps()).hasSize(1);
            log.release();
        }
    }
}
