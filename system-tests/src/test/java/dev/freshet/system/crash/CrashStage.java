package dev.freshet.system.crash;

import static org.awaitility.Awaitility.await;

import dev.freshet.stack.EmbeddedStack;
import dev.freshet.system.oracle.Entry;
import dev.freshet.system.process.Freshet;
import dev.freshet.system.process.RedisView;
import dev.freshet.system.process.Signals;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.awaitility.core.ConditionTimeoutException;

/** Listener and writer as processes of their own, the servers between them, and the load. Confined to one thread. */
final class CrashStage implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final Load.Shape[] SHAPES = Load.Shape.values();

    private final EmbeddedStack servers;
    private final Connection observer;
    private final String slot;
    private final RedisView redis;
    private final Load load;
    private final Random random;
    private final Path directory;
    private final Path config;
    private final Set<Long> suspended = new HashSet<>();
    private final List<Freshet> started = new ArrayList<>();
    private Set<Entry> latest = new HashSet<>();
    private boolean prepared;
    private long walSender;
    private Freshet listener;
    private Freshet writer;

    CrashStage(
            EmbeddedStack servers,
            Connection observer,
            String slot,
            RedisView redis,
            Load load,
            Random random,
            Path directory,
            Path config) {
        this.servers = servers;
        this.observer = observer;
        this.slot = slot;
        this.redis = redis;
        this.load = load;
        this.random = random;
        this.directory = directory;
        this.config = config;
        this.listener = start("listener");
        this.writer = start("writer");
    }

    private Freshet start(String command) {
        Freshet process = Freshet.start(directory, command, "--config", config.toString());
        started.add(process);
        return process;
    }

    /** Starts again what ended because a server did not answer in time, as a supervisor does. */
    void awaitReady() {
        if (endedForWantOfAServer(listener)) {
            startListener();
        }
        if (endedForWantOfAServer(writer)) {
            startWriter();
        }
        listener.awaitReady(PATIENCE);
        writer.awaitReady(PATIENCE);
    }

    private static boolean endedForWantOfAServer(Freshet process) {
        try {
            await().atMost(PATIENCE).until(() -> process.isReady() || !process.isAlive());
        } catch (ConditionTimeoutException e) {
            throw new AssertionError("not ready after " + PATIENCE + process.lastWords(), e);
        }
        return !process.isAlive() && process.exitCode(Duration.ZERO) == 3;
    }

    void startListener() {
        listener = start("listener");
    }

    void startWriter() {
        writer = start("writer");
    }

    void killListener() {
        listener.kill();
    }

    void killWriter() {
        writer.kill();
    }

    /** Fills the keys of one transaction made of so many shapes. */
    void prepare(int shapes) throws SQLException {
        latest = new HashSet<>();
        for (int i = 0; i < shapes; i++) {
            latest.addAll(load.prepare(SHAPES[random.nextInt(SHAPES.length)]));
            prepared = true;
            if (i < shapes - 1 && random.nextBoolean()) {
                load.commit();
                prepared = false;
            }
        }
    }

    /** The same, of one transaction that takes the listener and the writer longer than a moment. */
    void prepareMuch() throws SQLException {
        latest = load.prepareMuch();
        prepared = true;
    }

    /** @return up to where the log must be read */
    String commit() throws SQLException {
        if (!prepared) {
            throw new IllegalStateException("nothing is prepared");
        }
        prepared = false;
        return load.commit();
    }

    void loadForAMoment() throws SQLException {
        int transactions = 3 + random.nextInt(12);
        for (int i = 0; i < transactions; i++) {
            latest = load.prepare(SHAPES[random.nextInt(SHAPES.length)]);
            load.commit();
        }
    }

    /** A wait that differs each time. */
    void aMoment() {
        pass(Duration.ofMillis(random.nextInt(600)));
    }

    /** So long that the listener has had occasion to store a position, which it may not. */
    void longerThanAHeartbeat() {
        pass(Duration.ofMillis(1500 + random.nextInt(500)));
    }

    private static void pass(Duration time) {
        long end = System.nanoTime() + time.toNanos();
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(1)).until(() -> System.nanoTime() > end);
    }

    /** Returns when the walsender has sent the log up to there. */
    void awaitSent(String position) {
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(1))
                .until(() -> query("SELECT r.sent_lsn >= '" + position + "'::pg_lsn FROM pg_stat_replication r"
                                + " JOIN pg_replication_slots s ON s.active_pid = r.pid WHERE s.slot_name = '" + slot
                                + "'")
                        .equals(Optional.of("t")));
    }

    void awaitFirstGone() {
        int all = latest.size();
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(1)).until(() -> redis.standing(latest) < all);
    }

    void awaitAllGone() {
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(5)).until(() -> redis.standing(latest) == 0);
    }

    void suspendKafka() {
        suspend(servers.kafka().pid());
    }

    void suspendRedis() {
        suspend(servers.redis().pid());
    }

    void suspendWalSender() throws SQLException {
        walSender = Long.parseLong(query("SELECT active_pid FROM pg_replication_slots WHERE slot_name = '" + slot + "'")
                .orElseThrow());
        suspend(walSender);
    }

    /** Lets the suspended walsender send a few rows at a time. */
    void stutterWalSender() {
        Signals.stutter(walSender, 2 + random.nextInt(5));
    }

    private void suspend(long pid) {
        Signals.suspend(pid);
        suspended.add(pid);
    }

    void resumeAll() {
        suspended.forEach(Signals::resume);
        suspended.clear();
    }

    private Optional<String> query(String sql) throws SQLException {
        try (Statement statement = observer.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            return rows.next() ? Optional.ofNullable(rows.getString(1)) : Optional.empty();
        }
    }

    String lastWords() {
        return "\n==== listener" + listener.lastWords() + "\n==== writer" + writer.lastWords();
    }

    @Override
    public void close() {
        resumeAll();
        started.forEach(Freshet::close);
    }
}
