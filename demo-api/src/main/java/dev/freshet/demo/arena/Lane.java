package dev.freshet.demo.arena;

import dev.freshet.demo.judge.Judge;
import dev.freshet.demo.judge.Judge.Verdict;
import dev.freshet.demo.strategy.Kind;
import dev.freshet.demo.strategy.Strategy;
import dev.freshet.demo.strategy.Strategy.Reply;
import java.sql.SQLException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One strategy with readers of its own, so that a slow one holds up no other; each read is measured and judged. Thread-safe. */
final class Lane implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Lane.class);

    private static final int READERS = 4;
    private static final int QUEUE = 32;

    private final Strategy strategy;
    private final Judge judge;
    private final Meter meter = new Meter();
    private final AtomicInteger threads = new AtomicInteger();
    private final ThreadPoolExecutor readers;

    Lane(Strategy strategy, Judge judge) {
        this.strategy = strategy;
        this.judge = judge;
        this.readers =
                new ThreadPoolExecutor(READERS, READERS, 1, TimeUnit.MINUTES, new ArrayBlockingQueue<>(QUEUE), task -> {
                    Thread thread = new Thread(task, "arena-" + strategy.kind().id() + "-" + threads.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                });
    }

    Kind kind() {
        return strategy.kind();
    }

    Strategy strategy() {
        return strategy;
    }

    Meter meter() {
        return meter;
    }

    Totals totals() {
        return meter.totals();
    }

    /** Has the book read; where all readers are busy, the read is counted as skipped. */
    void ask(long book) {
        try {
            readers.execute(() -> read(book));
        } catch (RejectedExecutionException e) {
            meter.skipped();
        }
    }

    private void read(long book) {
        long began = System.nanoTime();
        try {
            Reply reply = strategy.read(book);
            meter.read(System.nanoTime() - began, reply);
            reply.page().ifPresent(page -> meter.judged(judge(page, began), kind() == Kind.FRESHET));
        } catch (SQLException | RuntimeException e) {
            meter.failed();
            log.debug("a read failed", e);
        }
    }

    /** Before somebody is said to have broken a promise, the judge looks twice. */
    private Verdict judge(String page, long began) {
        Verdict verdict = judge.read(page, began);
        boolean mustNotBe =
                kind() == Kind.NONE ? verdict.stale() : kind() == Kind.FRESHET && verdict.afterInvalidation();
        return mustNotBe ? judge.readAgain(page, began) : verdict;
    }

    @Override
    public void close() {
        readers.shutdownNow();
        try {
            boolean ended = readers.awaitTermination(2, TimeUnit.SECONDS);
            log.debug("readers ended: {}", ended);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
