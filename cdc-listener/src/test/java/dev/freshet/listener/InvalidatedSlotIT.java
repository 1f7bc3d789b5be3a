package dev.freshet.listener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.freshet.model.ControlRecord;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Slots that the server gave up, while a listener ran and while none did. */
class InvalidatedSlotIT {

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int IDLE_TIMEOUT_SINCE = 180000;

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
        try {
            servers.execute("ALTER SYSTEM RESET ALL", "SELECT pg_reload_conf()");
        } finally {
            servers.close();
        }
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

    /** Removes the WAL that the slot needs. The checkpointer may not have heard of the setting when it is first asked. */
    private void invalidate() {
        int gapsBefore = gaps().size();
        execute("ALTER SYSTEM SET max_slot_wal_keep_size = '1MB'", "SELECT pg_reload_conf()");
        await().atMost(LIMIT).until(() -> {
            execute(
                    "SELECT pg_logical_emit_message(true, '', '')",
                    "SELECT pg_switch_wal()",
                    "SELECT pg_logical_emit_message(true, '', '')",
                    "SELECT pg_switch_wal()",
                    "CHECKPOINT");
            // A listener that works may have made the slot again by now.
            return isLost() || gaps().size() > gapsBefore;
        });
        execute("ALTER SYSTEM RESET ALL", "SELECT pg_reload_conf()");
    }

    private boolean isLost() throws SQLException {
        return servers.text("SELECT wal_status FROM pg_replication_slots WHERE slot_name = '" + servers.name() + "'")
                .equals("lost");
    }

    private void execute(String... sql) {
        try {
            servers.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private String removed() throws SQLException {
        return servers.version() >= 170000 ? "wal_removed" : "lost its WAL";
    }

    @Test
    void aSlotThatTheServerInvalidatesWhileKafkaIsAwayIsAGap() throws Exception {
        try (Listener listener = streaming()) {
            log.hold(servers.tableTopic());
            servers.execute("INSERT INTO books VALUES (1)");
            await().atMost(LIMIT).until(() -> log.heldRecords() > 0);
            invalidate();
            isGapOfAll(2, removed());
            log.forget();
            untilNothingIsMissed(listener, 2);
        }
    }

    @Test
    void aSlotThatTheServerInvalidatesBetweenTheChecksAndTheRunIsAGap() throws Exception {
        streaming().close();
        // Debezium would ask for it again and again for half an hour.
        log.beforeNextRun(this::invalidate);
        try (Listener listener = streaming()) {
            isGapOfAll(2, removed());
            untilNothingIsMissed(listener, 2);
        }
    }

    @Test
    void aSlotThatTheServerInvalidatedWhileNoListenerRanIsAGap() throws Exception {
        streaming().close();
        boolean idle = servers.version() >= IDLE_TIMEOUT_SINCE;
        if (idle) {
            servers.execute("ALTER SYSTEM SET idle_replication_slot_timeout = '1s'", "SELECT pg_reload_conf()");
            await().atMost(LIMIT).until(() -> {
                servers.execute("CHECKPOINT");
                return isLost();
            });
            servers.execute("ALTER SYSTEM RESET ALL", "SELECT pg_reload_conf()");
        } else {
            invalidate();
        }
        try (Listener listener = streaming()) {
            isGapOfAll(2, idle ? "idle_timeout" : removed());
            untilNothingIsMissed(listener, 2);
        }
    }
}
