package dev.freshet.listener;

import dev.freshet.model.ControlRecord;
import dev.freshet.model.LogPosition;
import dev.freshet.model.Lsn;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes a message into the source's log each second, and a control record once one came back and Kafka holds all
 * changes before it; with each message looks at what the log does not tell. A lost connection costs beats, never the listener; but a server that shuts down is let go, since it
 * waits for its walsenders. Thread-safe; the database is used on the
 * scheduler's one thread only.
 */
final class Heartbeats implements AutoCloseable {

    /** The prefix of the messages in the log. */
    static final String PREFIX = "freshet";

    static final Duration PERIOD = Duration.ofSeconds(1);

    /** SQLSTATE {@code cannot_connect_now}: while streaming, the server is shutting down. */
    private static final String SHUTTING_DOWN = "57P03";

    /** SQLSTATE {@code admin_shutdown}: of the server, or of this one session. */
    private static final String TERMINATED = "57P01";

    /** Class of SQLSTATEs {@code connection_exception}: the server did not answer, not even to refuse. */
    private static final String CONNECTION_FAILED = "08";

    private static final Duration SIGN_OF_LIFE = Duration.ofSeconds(3);
    private static final Logger LOG = LoggerFactory.getLogger(Heartbeats.class);

    private final CaptureSettings settings;
    private final SourceAddress address;
    private final String run;
    private final ChangePublisher publisher;
    private final PositionWriter positions;
    private final SourceGuard guard;
    private final StoredPosition start;
    private final ScheduledExecutorService scheduler;
    private final Observer observer;
    private final Backoff backoff;
    private volatile @Nullable Future<?> ticking;
    private @Nullable Connection connection;
    private long silentUntilNanos;
    private boolean complained;
    private boolean cutOff;

    /** Hears of this run's own heartbeats. */
    interface Observer {

        /** The control record of a message is stored: Kafka holds all before it. */
        void stored(Beat beat);

        /** And it was this run that wrote the message. */
        void returned();

        /** A control record could not be stored. */
        void failed(Exception cause);
    }

    /**
     * One message that came back.
     *
     * @param run which run of which listener wrote it
     */
    record Beat(Lsn lsn, Instant sourceTime, String run) {}

    Heartbeats(
            CaptureSettings settings,
            SourceAddress address,
            String run,
            ChangePublisher publisher,
            PositionWriter positions,
            SourceGuard guard,
            StoredPosition start,
            ScheduledExecutorService scheduler,
            Observer observer) {
        this.settings = settings;
        this.address = address;
        this.run = run;
        this.publisher = publisher;
        this.positions = positions;
        this.guard = guard;
        this.start = start;
        this.scheduler = scheduler;
        this.observer = observer;
        this.backoff = new Backoff(PERIOD, Duration.ofSeconds(10), Math::random);
    }

    void start() {
        ticking = scheduler.scheduleWithFixedDelay(this::tick, 0, PERIOD.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** The heartbeat that a record of the message topic holds; empty for other pipelines' and other programs' messages. */
    Optional<Beat> read(SourceRecord record) {
        if (!(record.value() instanceof Struct value)) {
            return Optional.empty();
        }
        Object content = value.getStruct("message").get("content");
        byte[] bytes =
                content instanceof ByteBuffer buffer ? bytes(buffer) : content instanceof byte[] b ? b : new byte[0];
        List<String> words = List.of(new String(bytes, StandardCharsets.UTF_8).split(" ", -1));
        Long lsn = value.getStruct("source").getInt64("lsn");
        if (words.size() != 3 || lsn == null || !words.get(0).equals(settings.slot())) {
            return Optional.empty();
        }
        try {
            Instant time = Instant.EPOCH.plus(Long.parseLong(words.get(1)), ChronoUnit.MICROS);
            return Optional.of(new Beat(new Lsn(lsn), time, words.get(2)));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    /** All changes before the beat are stored. Does not block. */
    void reached(Beat beat, Map<String, List<Long>> ends) {
        try {
            scheduler.execute(() -> publish(beat, ends));
        } catch (RejectedExecutionException e) {
            LOG.trace("The run is over; the beat at {} is not published", beat.lsn());
        }
    }

    private void publish(Beat beat, Map<String, List<Long>> ends) {
        LogPosition position = new LogPosition(start.systemIdentifier(), start.timeline(), beat.lsn());
        byte[] value = new ControlRecord.Heartbeat(position, beat.sourceTime(), ends).toJson();
        OutgoingRecord record = new OutgoingRecord(settings.topics().control(), null, value, start.epoch());
        try {
            publisher.send(record, new ChangePublisher.Acknowledgement() {
                @Override
                public void stored(int partition, long offset) {
                    observer.stored(beat);
                    if (beat.run().equals(run)) {
                        observer.returned();
                    }
                }

                @Override
                public void refused(Exception cause) {
                    observer.failed(cause);
                }
            });
        } catch (ListenerException e) {
            observer.failed(e);
        }
    }

    private void tick() {
        try {
            // One that is cut off from the source is as good as dead: a standby may do better.
            if (!cutOff) {
                positions.beat(SIGN_OF_LIFE);
            }
        } catch (ListenerException e) {
            observer.failed(e);
            return;
        }
        if (System.nanoTime() - silentUntilNanos < 0) {
            return;
        }
        try {
            Connection open = connect();
            emit(open);
            guard.look(open);
            backoff.reset();
            complained = false;
            cutOff = false;
        } catch (SQLException e) {
            disconnect();
            cutOff = String.valueOf(e.getSQLState()).startsWith(CONNECTION_FAILED);
            if (SHUTTING_DOWN.equals(e.getSQLState())) {
                // The server waits for its walsender, whose last words (the shutdown's own log) are never
                // acknowledged. It had a second at least to send the changes before them.
                observer.failed(e);
                return;
            }
            Duration silence = TERMINATED.equals(e.getSQLState()) ? Duration.ZERO : backoff.next();
            silentUntilNanos = System.nanoTime() + silence.toNanos();
            if (!complained) {
                complained = true;
                LOG.warn("Heartbeats stop until the database answers: {}", e.getMessage());
            }
        }
    }

    private Connection connect() throws SQLException {
        Connection open = connection;
        if (open == null) {
            open = SourceDatabase.open(settings.postgres(), address, Map.of("socketTimeout", "10"));
            connection = open;
            try (Statement patience = open.createStatement()) {
                patience.execute("SET lock_timeout = '1s'");
            }
        }
        return open;
    }

    private void emit(Connection open) throws SQLException {
        // The time is the source's own and stands in the message: a message outside transactions has no commit time.
        try (PreparedStatement emit = open.prepareStatement("SELECT pg_logical_emit_message(false, '" + PREFIX
                + "', ? || ' ' || (extract(epoch FROM clock_timestamp()) * 1000000)::bigint || ' ' || ?)")) {
            emit.setString(1, settings.slot());
            emit.setString(2, run);
            emit.execute();
        }
    }

    private void disconnect() {
        Connection open = connection;
        connection = null;
        if (open != null) {
            try {
                open.close();
            } catch (SQLException e) {
                LOG.trace("Closing a broken connection failed", e);
            }
        }
    }

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }

    /** Stops the beats; what is being published goes on. The scheduler is the caller's to shut down afterwards. */
    @Override
    public void close() {
        Future<?> ticks = ticking;
        if (ticks != null) {
            ticks.cancel(false);
        }
        try {
            scheduler.execute(this::disconnect);
        } catch (RejectedExecutionException e) {
            LOG.trace("The scheduler is shut down already");
        }
    }
}
