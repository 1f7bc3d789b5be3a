package dev.freshet.listener;

import dev.freshet.model.config.PostgresConfig;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Measures how much WAL the slot holds back, every two seconds and on a connection of its own, so that it does not matter
 * what the listener is doing or waiting for. Above the limit it complains, and gives the slot up where that is asked for.
 * Thread-safe.
 */
final class RetainedWal implements AutoCloseable {

    private static final Duration PERIOD = Duration.ofSeconds(2);

    /** SQLSTATE {@code object_in_use}: somebody took the slot meanwhile. */
    private static final String IN_USE = "55006";

    private static final String MEASURE = "SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn)::bigint"
            + " FROM pg_catalog.pg_replication_slots WHERE slot_name = ? AND restart_lsn IS NOT NULL";

    private static final String DROP = "SELECT pg_drop_replication_slot(slot_name)"
            + " FROM pg_catalog.pg_replication_slots WHERE slot_name = ? AND NOT active AND plugin = 'pgoutput'"
            + " AND database = current_database() AND pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn) > ?";

    private static final Logger LOG = LoggerFactory.getLogger(RetainedWal.class);

    private final CaptureSettings settings;
    private final Consumer<ListenerException> endRun;
    private final ScheduledExecutorService scheduler;
    private final Alarm alarm = new Alarm();
    private final AtomicReference<Optional<String>> dropped = new AtomicReference<>(Optional.empty());
    private volatile OptionalLong bytes = OptionalLong.empty();
    private volatile @Nullable Future<?> measuring;
    private @Nullable SourceDatabase database;

    /** @param endRun ends this listener's own run, where it has one; does not wait for its end */
    RetainedWal(CaptureSettings settings, Consumer<ListenerException> endRun) {
        this.settings = settings;
        this.endRun = endRun;
        this.scheduler = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "freshet-retained-wal");
            thread.setDaemon(true);
            return thread;
        });
    }

    void start() {
        measuring = scheduler.scheduleWithFixedDelay(this::measure, 0, PERIOD.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** What the slot held back when it was measured last; empty while it is not known, or there is no slot. */
    OptionalLong bytes() {
        return bytes;
    }

    /** Why the slot was given up since this was asked last. */
    Optional<String> takeDropped() {
        return dropped.getAndSet(Optional.empty());
    }

    /** Gives the slot up where that is asked for, it holds back too much, and nobody uses it. */
    void dropIfTooMuch(SourceDatabase on) throws SQLException {
        if (settings.postgres().onMaxRetainedWal() != PostgresConfig.OnMaxRetainedWal.DROP) {
            return;
        }
        try (PreparedStatement drop = on.connection().prepareStatement(DROP)) {
            drop.setString(1, settings.slot());
            drop.setLong(2, settings.postgres().maxRetainedWal());
            try (ResultSet row = drop.executeQuery()) {
                if (row.next()) {
                    String reason = "the replication slot held back more WAL than postgres.max-retained-wal allows,"
                            + " and was given up";
                    dropped.set(Optional.of(reason));
                    LOG.warn("Dropped slot {}: {}", settings.slot(), reason);
                }
            }
        } catch (SQLException e) {
            if (!IN_USE.equals(e.getSQLState())) {
                throw e;
            }
        }
    }

    private void measure() {
        try {
            SourceDatabase open = connect();
            bytes = ask(open);
            long limit = settings.postgres().maxRetainedWal();
            boolean above = bytes.isPresent() && bytes.getAsLong() > limit;
            if (alarm.due(above, System.nanoTime())) {
                LOG.warn(
                        "Slot {} holds back {} MB of WAL, more than the {} MB of postgres.max-retained-wal: the"
                                + " source's disk may fill",
                        settings.slot(),
                        bytes.orElse(0) >> 20,
                        limit >> 20);
            }
            if (above && settings.postgres().onMaxRetainedWal() == PostgresConfig.OnMaxRetainedWal.DROP) {
                endRun.accept(new ListenerException("the slot holds back too much WAL and is given up"));
                dropIfTooMuch(open);
            }
        } catch (SQLException | RuntimeException e) {
            bytes = OptionalLong.empty();
            LOG.debug("What the slot holds back cannot be measured", e);
            disconnect();
        }
    }

    private OptionalLong ask(SourceDatabase open) throws SQLException {
        try (PreparedStatement measure = open.connection().prepareStatement(MEASURE)) {
            measure.setString(1, settings.slot());
            try (ResultSet row = measure.executeQuery()) {
                return row.next() ? OptionalLong.of(row.getLong(1)) : OptionalLong.empty();
            }
        }
    }

    private SourceDatabase connect() throws SQLException {
        SourceDatabase open = database;
        if (open == null) {
            open = SourceDatabase.primary(settings.postgres(), Map.of("socketTimeout", "10"));
            database = open;
        }
        return open;
    }

    private void disconnect() {
        SourceDatabase open = database;
        database = null;
        if (open != null) {
            try {
                open.close();
            } catch (SQLException e) {
                LOG.trace("Closing a broken connection failed", e);
            }
        }
    }

    /** Idempotent. */
    @Override
    public void close() {
        Future<?> measures = measuring;
        if (measures != null) {
            measures.cancel(false);
        }
        if (!scheduler.isShutdown()) {
            scheduler.execute(this::disconnect);
            scheduler.shutdown();
        }
    }
}
