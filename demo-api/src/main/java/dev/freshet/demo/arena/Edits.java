package dev.freshet.demo.arena;

import dev.freshet.demo.judge.Commit;
import dev.freshet.demo.judge.Judge;
import dev.freshet.demo.strategy.Strategies;
import dev.freshet.demo.strategy.Strategy;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Commits prices as somebody else would, and reads by every strategy until each serves them. Thread-safe. */
final class Edits implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Edits.class);

    /** An entry's whole life, and a little. */
    private static final Duration PATIENCE = Strategies.TTL.plusSeconds(2);

    private static final int KEPT = 5;
    private static final int MOST = 5;

    private final Writer writer;
    private final Judge judge;
    private final List<Lane> lanes;
    private final Deque<Edit> newest = new ArrayDeque<>();
    private final AtomicLong number = new AtomicLong();
    private final AtomicInteger waiting = new AtomicInteger();
    private final ExecutorService readers = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "arena-edit");
        thread.setDaemon(true);
        return thread;
    });
    private volatile boolean closed;

    Edits(Writer writer, Judge judge, List<Lane> lanes) {
        this.writer = writer;
        this.judge = judge;
        this.lanes = List.copyOf(lanes);
    }

    /** @throws BusyException where several are awaited already */
    Optional<Edit> begin(long book, BigDecimal price) throws SQLException {
        if (waiting.get() >= MOST * lanes.size()) {
            throw new BusyException();
        }
        // So that every cache holds the old price, and the new one can be seen to land.
        for (Lane lane : lanes) {
            lane.strategy().read(book);
        }
        Optional<Commit> commit = writer.setPrice(book, price);
        if (commit.isEmpty()) {
            return Optional.empty();
        }
        Edit edit = new Edit(number.incrementAndGet(), book, price);
        synchronized (newest) {
            newest.addFirst(edit);
            if (newest.size() > KEPT) {
                newest.removeLast();
            }
        }
        for (Lane lane : lanes) {
            waiting.incrementAndGet();
            readers.execute(() -> await(edit, commit.get(), lane.strategy()));
        }
        return Optional.of(edit);
    }

    /** The newest first. */
    List<Edit> newest() {
        synchronized (newest) {
            return new ArrayList<>(newest);
        }
    }

    private void await(Edit edit, Commit commit, Strategy strategy) {
        try {
            boolean same = commit.before() == commit.after();
            long age = 0;
            while (!closed && age < PATIENCE.toNanos()) {
                boolean holds = strategy.read(edit.book())
                        .page()
                        .filter(page -> same || judge.holds(page, commit))
                        .isPresent();
                age = System.nanoTime() - commit.returned();
                if (holds) {
                    edit.landed(strategy.kind(), age / 1e6);
                    return;
                }
                LockSupport.parkNanos(pause(age));
            }
        } catch (SQLException | RuntimeException e) {
            log.debug("an edit is not awaited any more", e);
        } finally {
            waiting.decrementAndGet();
        }
    }

    /** First parts of milliseconds count, later nobody sees them. */
    private static long pause(long age) {
        return Math.max(200_000, Math.min(50_000_000, age / 50));
    }

    @Override
    public void close() {
        closed = true;
        readers.shutdownNow();
    }
}
