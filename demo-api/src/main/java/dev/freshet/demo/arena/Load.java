package dev.freshet.demo.arena;

import dev.freshet.demo.judge.Field;
import java.sql.SQLException;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks every strategy for the same books, and has books changed, as often as it is set. Thread-safe. */
final class Load implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Load.class);

    private static final long SEED = 6;
    private static final long SECOND = 1_000_000_000L;
    private static final long IDLE = 20_000_000L;

    /** What could not be done in this time is not made up for. */
    private static final long ARREARS = SECOND / 10;

    @FunctionalInterface
    private interface Step {
        void run(Random random);
    }

    private final List<Lane> lanes;
    private final Writer writer;
    private final HotSet books;
    private final List<Thread> threads;
    private volatile LoadSettings settings = LoadSettings.USUAL;
    private volatile boolean running;
    private volatile boolean closed;

    /** The reading thread's own. */
    private int turn;

    private long book;

    Load(List<Lane> lanes, Writer writer, HotSet books) {
        this.lanes = List.copyOf(lanes);
        this.writer = writer;
        this.books = books;
        this.threads = List.of(
                new Thread(() -> pace(SEED, true, this::read), "arena-reads"),
                new Thread(() -> pace(SEED + 1, false, this::write), "arena-writes"));
        threads.forEach(thread -> {
            thread.setDaemon(true);
            thread.start();
        });
    }

    LoadSettings settings() {
        return settings;
    }

    void set(LoadSettings newSettings) {
        settings = newSettings;
    }

    void run(boolean on) {
        running = on;
    }

    boolean running() {
        return running;
    }

    private void pace(long seed, boolean reads, Step step) {
        Random random = new Random(seed);
        long due = System.nanoTime();
        while (!closed) {
            int rate = reads ? settings.reads() * lanes.size() : settings.writes();
            long now = System.nanoTime();
            if (!running || rate == 0) {
                LockSupport.parkNanos(IDLE);
                due = now;
            } else if (due > now) {
                LockSupport.parkNanos(Math.min(IDLE, due - now));
            } else {
                step.run(random);
                due = Math.max(due + SECOND / rate, now - ARREARS);
            }
        }
    }

    /** One after the other and in turns, so that none is ahead of the others on a machine with few cores. */
    private void read(Random random) {
        int place = turn % lanes.size();
        if (place == 0) {
            book = books.next(random);
        }
        int round = turn / lanes.size();
        lanes.get((place + round) % lanes.size()).ask(book);
        turn = (turn + 1) % (lanes.size() * lanes.size());
    }

    private void write(Random random) {
        long book = books.next(random);
        int kind = random.nextInt(10);
        Field field = kind < 6 ? Field.PRICE : kind < 9 ? Field.STOCK : Field.REVIEW;
        try {
            if (random.nextInt(100) < settings.foreign()) {
                writer.writeForeign(book, field);
            } else {
                writer.writeOwn(book, field);
            }
        } catch (SQLException e) {
            log.debug("a write failed", e);
            LockSupport.parkNanos(IDLE);
        }
    }

    @Override
    public void close() {
        closed = true;
        for (Thread thread : threads) {
            try {
                thread.join(2_000);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
