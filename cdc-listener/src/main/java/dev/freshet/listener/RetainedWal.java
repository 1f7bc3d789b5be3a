package dev.freshet.listener;

import dev.freshet.model.SourceClock;
import dev.freshet.model.config.PostgresConfig;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Locale;
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

    private static final String MEASURE = "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint,"
            + " pg_wal_lsn_diff(pg_current_wal_lsn(), s.restart_lsn)::bigint,"
            + " pg_wal_lsn_diff(pg_current_wal_lsn(), s.confirmed_flush_lsn)::bigint,"
            + " coalesce(s.active, false), CASE WHEN s.slot_name IS NULL THEN 'missing' ELSE coalesce(s.wal_status, 'lost') END"
            + " FROM (SELECT 1) AS one LEFT JOIN pg_catalog.pg_replication_slots s ON s.slot_name = ?";

    private static final String DROP = "SELECT pg_drop_replication_slot(slot_name)"
            + " FROM pg_catalog.pg_replication_slots WHERE slot_name = ? AND NOT active AND plugin = 'pgoutput'"
            + " AND database = current_database() AND pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn) > ?";

    private static final Logger LOG = LoggerFactory.getLogger(RetainedWal.class);

    private final CaptureSettings settings;
    private final Consumer<ListenerException> endRun;
    private final ScheduledExecutorService scheduler;
    private final Alarm alarm = new Alarm();
    private final AtomicReference<Optional<String>> dropped = new AtomicReference<>(Optional.empty());
    private final SourceClock clock;
    private volatile SlotMeasure measured = SlotMeasure.UNKNOWN;
    private volatile Optional<String> trouble = Optional.empty();
    private volatile @Nullable Future<?> measuring;
    private @Nullable SourceDatabase database;

    /**
     * @param clock set by each measurement
     * @param endRun ends this listener's own run, where it has one; does not wait for its end
     */
    RetainedWal(CaptureSettings settings, SourceClock clock, Consumer<ListenerException> endRun) {
        this.settings = settings;
        this.clock = clock;
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
        return measured.retained();
    }

    /** All that was seen of the slot. */
    SlotMeasure slot() {
        return measured;
    }

    /** Why the source could not be asked last; empty where it could. */
    Optional<String> trouble() {
        return trouble;
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
            measured = ask(open);
            trouble = Optional.empty();
            OptionalLong bytes = bytes();
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
            measured = SlotMeasure.UNKNOWN;
            trouble = Optional.of(String.valueOf(e.getMessage()));
            LOG.debug("What the slot holds back cannot be measured", e);
            disconnect();
        }
    }

    private SlotMeasure ask(SourceDatabase open) throws SQLException {
        try (PreparedStatement measure = open.connection().prepareStatement(MEASURE)) {
            measure.setString(1, settings.slot());
            long asked = System.nanoTime();
            try (ResultSet row = measure.executeQuery()) {
                row.next();
                clock.seen(row.getLong(1), asked);
                return new SlotMeasure(
                        Optional.of(SlotMeasure.State.valueOf(row.getString(5).toUpperCase(Locale.ROOT))),
                        row.getBoolean(4),
                        number(row, 2),
                        number(row, 3));
            }
        }
    }

    private static OptionalLong number(ResultSet row, int column) throws SQLException {
        long number = row.getLong(column);
        return row.wasNull() ? OptionalLong.empty() : OptionalLong.of(number);
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
