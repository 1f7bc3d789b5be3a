package dev.freshet.listener;

import dev.freshet.model.SourceClock;
import dev.freshet.model.config.FreshetConfig;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries every committed change of the mapped tables from the source's log into Kafka, at least once and, for each row,
 * in order. Runs on threads of its own from {@link #start} to {@link #close}, through failures of either server: after
 * each it checks the source again and goes on from the slot.
 *
 * <p>Several listeners may be started for one pipeline. The one that holds the slot works, the others stand by and take
 * over. Thread-safe.
 */
public final class Listener implements AutoCloseable {

    private static final Duration STANDBY_POLL = Duration.ofMillis(500);
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(30);

    /** Heartbeats make sure that something is sent each second. */
    private static final Duration MOST_STALLED = Duration.ofSeconds(5);

    private static final Logger LOG = LoggerFactory.getLogger(Listener.class);

    private final CaptureSettings settings;
    private final ChangeLog log;
    private final Backoff backoff = new Backoff(Duration.ofMillis(200), Duration.ofSeconds(10), Math::random);
    private final CountDownLatch closing = new CountDownLatch(1);
    private final CountDownLatch firstStreaming = new CountDownLatch(1);
    private final AtomicLong returns = new AtomicLong();
    private final Thread thread;
    private final RetainedWal retained;
    private final KafkaProgress progress = new KafkaProgress(System::nanoTime);
    private final ListenerMetrics metrics;
    private volatile Optional<CaptureRun> running = Optional.empty();
    private volatile State state = State.STOPPED;
    private volatile Optional<String> trouble = Optional.empty();
    private Optional<String> newSlot = Optional.empty();

    /** What a listener is doing. */
    public enum State {
        STOPPED,
        /** Checking, connecting, or waiting after a failure. */
        STARTING,
        /** Another listener holds the slot. */
        STANDBY,
        /** The engine runs and a message came back through the log. */
        STREAMING
    }

    /** A listener that is not measured. */
    public Listener(CaptureSettings settings, ChangeLog log) {
        this(settings, log, new CompositeMeterRegistry());
    }

    /**
     * @param log where changes and positions go; the listener does not close it
     * @param meters gets the meters of {@code docs/metrics.md}; one listener for each registry
     */
    public Listener(CaptureSettings settings, ChangeLog log, MeterRegistry meters) {
        this.settings = settings;
        this.log = log;
        this.thread = new Thread(this::loop, "freshet-listener");
        this.thread.setDaemon(true);
        SourceClock clock = new SourceClock();
        this.retained = new RetainedWal(settings, clock, cause -> running.ifPresent(run -> run.fail(cause)));
        this.metrics = new ListenerMetrics(meters, settings, clock, progress, () -> state, retained::slot);
    }

    /** A listener that publishes to Kafka. */
    public static Listener create(FreshetConfig config, String bootstrapServers, MeterRegistry meters) {
        CaptureSettings settings = CaptureSettings.of(config);
        return new Listener(
                settings,
                new KafkaChangeLog(config.kafka(), bootstrapServers, settings.topics(), settings.tables()),
                meters);
    }

    /**
     * Checks source and log once, makes what is missing, and starts to work in the background.
     *
     * @throws SetupRequiredException where only an administrator can mend what is wrong; with the SQL
     * @throws ListenerException where a server cannot be reached
     */
    public void start() {
        log.prepare();
        try (SourceDatabase database = SourceDatabase.primary(settings.postgres())) {
            remember(new SourceCheck(settings).run(database));
        } catch (SQLException e) {
            throw new ListenerException("PostgreSQL: " + e.getMessage(), e);
        }
        state = State.STARTING;
        retained.start();
        thread.start();
    }

    public State state() {
        return state;
    }

    /** Whether it works on, in whatever state: it was started, and neither closed nor broken. */
    public boolean isAlive() {
        return thread.isAlive();
    }

    /**
     * What stands against changes coming through soon, for people, one sentence each; empty while it streams, or stands
     * by for another listener. Without row values or credentials.
     */
    public List<String> obstacles() {
        List<String> obstacles = new ArrayList<>();
        State now = state;
        if (now == State.STOPPED) {
            obstacles.add("the listener is stopped");
        } else if (now == State.STARTING) {
            obstacles.add(trouble.map(reason -> "the listener starts again after a failure: " + reason)
                    .orElse("the listener is starting"));
        }
        retained.trouble().ifPresent(reason -> obstacles.add("PostgreSQL cannot be asked: " + reason));
        if (progress.stalled().compareTo(MOST_STALLED) > 0) {
            obstacles.add(
                    "Kafka has stored nothing for " + progress.stalled().toSeconds() + " s of what is sent to it");
        }
        return obstacles;
    }

    /**
     * Bytes of WAL that the slot held back when it was measured last, a few seconds ago at most and in every state; empty
     * while it is not known, or there is no slot.
     */
    public OptionalLong retainedWal() {
        return retained.bytes();
    }

    /** Waits until the first message of this listener came back through the log and into Kafka. */
    public boolean awaitStreaming(Duration limit) throws InterruptedException {
        return firstStreaming.await(limit.toNanos(), TimeUnit.NANOSECONDS);
    }

    private void loop() {
        while (closing.getCount() > 0) {
            long before = returns.get();
            try {
                attempt();
            } catch (SQLException | RuntimeException e) {
                state = State.STARTING;
                if (returns.get() > before) {
                    backoff.reset();
                }
                Duration wait = backoff.next();
                trouble = Optional.of(cause(e));
                metrics.restarted();
                LOG.warn("The listener stopped and starts again in {} ms: {}", wait.toMillis(), cause(e));
                LOG.debug("The listener stopped", e);
                pause(wait);
            }
        }
        state = State.STOPPED;
    }

    /** Stands by while another listener works, or streams until something fails or this one is closed. */
    private void attempt() throws SQLException {
        SourceCheck.Ready ready;
        SourceAddress address;
        SourceReader.Seen seen;
        try (SourceDatabase database = SourceDatabase.primary(settings.postgres())) {
            address = database.address();
            if (database.slot(settings.slot())
                    .filter(SourceDatabase.Slot::active)
                    .isPresent()) {
                standBy(database);
                return;
            }
            state = State.STARTING;
            retained.dropIfTooMuch(database);
            log.prepare();
            ready = new SourceCheck(settings).again(database);
            remember(ready);
            seen = new SourceReader(settings).read(database.connection());
        }
        StoredPosition slot = new StoredPosition(
                settings.slot(),
                ready.slot().confirmed().orElseThrow(() -> new ListenerException("the slot has no position")),
                ready.server().systemIdentifier(),
                ready.server().timeline(),
                0,
                seen.state());
        Continuity continuity = Continuity.judge(log.position(), newSlot, slot, seen.written());
        ChangePublisher publisher = new MeasuredPublisher(log.open(), progress);
        try {
            if (continuity.gap().isPresent()) {
                new Announcement(settings, publisher)
                        .make(continuity.gap().get(), continuity.position(), seen.written());
                metrics.gap();
            }
            newSlot = Optional.empty();
            stream(address, continuity.position(), seen, publisher);
        } finally {
            publisher.close();
        }
    }

    /** Kept over failed attempts, until the gap is announced. */
    private void remember(SourceCheck.Ready ready) {
        newSlot = ready.newSlot()
                .map(reason -> retained.takeDropped().orElse(reason))
                .or(() -> newSlot);
    }

    private void stream(
            SourceAddress address, StoredPosition start, SourceReader.Seen seen, ChangePublisher publisher) {
        LOG.info("Streaming slot {} from {}, epoch {}", settings.slot(), start.lsn(), start.epoch());
        try (CaptureRun run = new CaptureRun(settings, address, start, seen, publisher, metrics, this::returned)) {
            running = Optional.of(run);
            run.start();
            while (closing.getCount() > 0) {
                try {
                    run.over().get(200, TimeUnit.MILLISECONDS);
                    return;
                } catch (TimeoutException e) {
                    // Look again whether the listener is closed.
                } catch (ExecutionException e) {
                    throw new ListenerException("streaming failed", e.getCause() == null ? e : e.getCause());
                } catch (InterruptedException e) {
                    return;
                }
            }
        } finally {
            running = Optional.empty();
        }
    }

    private void returned() {
        returns.incrementAndGet();
        trouble = Optional.empty();
        state = State.STREAMING;
        firstStreaming.countDown();
    }

    private void standBy(SourceDatabase database) throws SQLException {
        if (state != State.STANDBY) {
            state = State.STANDBY;
            trouble = Optional.empty();
            metrics.standsBy();
            LOG.info("Slot {} is in use by another listener; standing by", settings.slot());
        }
        SlotWatch watch = new SlotWatch(log::activity);
        Optional<SourceDatabase.Slot> slot = database.slot(settings.slot());
        while (closing.getCount() > 0
                && slot.filter(SourceDatabase.Slot::active).isPresent()) {
            if (watch.holderIsDead(System.nanoTime())) {
                terminate(database, slot.get().activePid());
                watch = new SlotWatch(log::activity);
            }
            pause(STANDBY_POLL);
            slot = database.slot(settings.slot());
        }
    }

    private void terminate(SourceDatabase database, int pid) {
        LOG.warn("The holder of slot {} gives no sign of life; terminating its walsender {}", settings.slot(), pid);
        try {
            database.text("SELECT pg_terminate_backend(" + pid + ")::text");
        } catch (SQLException e) {
            LOG.warn("The walsender cannot be terminated by this role: {}", e.getMessage());
        }
    }

    private void pause(Duration duration) {
        try {
            closing.await(duration.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            closing.countDown();
        }
    }

    private static String cause(Throwable error) {
        StringBuilder text = new StringBuilder();
        for (Throwable t = error; t != null; t = t.getCause()) {
            String message = String.valueOf(t.getMessage());
            if (text.indexOf(message) < 0) {
                text.append(text.isEmpty() ? "" : ": ").append(message);
            }
        }
        return text.toString();
    }

    /** Stops the engine, waits a few seconds for what was sent, and ends the threads. Idempotent. */
    @Override
    public void close() {
        closing.countDown();
        retained.close();
        try {
            thread.join(CLOSE_LIMIT.toMillis());
            if (thread.isAlive()) {
                LOG.warn("The listener has not stopped within {}", CLOSE_LIMIT);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
