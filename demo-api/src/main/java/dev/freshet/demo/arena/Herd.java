package dev.freshet.demo.arena;

import dev.freshet.demo.strategy.Kind;
import dev.freshet.demo.strategy.Strategy;
import dev.freshet.redis.CacheUnavailableException;
import dev.freshet.redis.PlainCache;
import dev.freshet.redis.PlainCache.Entry;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Many readers want one book at the moment in which its entry is gone. Confined to one thread. */
public final class Herd {

    public static final int READERS = 64;

    private static final Logger log = LoggerFactory.getLogger(Herd.class);

    private static final Duration PATIENCE = Duration.ofSeconds(4);
    private static final Duration PAUSE = Duration.ofMillis(20);

    /**
     * What became of it.
     *
     * @param queries how many of the readers went to the database
     * @param slowestMillis of them all
     */
    public record Stampede(Kind kind, long queries, long failed, double slowestMillis) {}

    private final List<Lane> lanes;
    private final PlainCache cache;

    /** @param cache removes what is to be missing */
    Herd(List<Lane> lanes, PlainCache cache) {
        this.lanes = List.copyOf(lanes);
        this.cache = cache;
    }

    /** One strategy after the other, so that none is in another's way. */
    List<Stampede> run(long book) throws InterruptedException {
        List<Stampede> all = new ArrayList<>();
        ExecutorService readers = Executors.newFixedThreadPool(READERS);
        try {
            for (Lane lane : lanes) {
                awaitHit(lane.strategy(), book);
                remove(Entry.of(lane.kind().prefix() + book));
                all.add(run(lane.strategy(), book, readers));
            }
        } finally {
            readers.shutdownNow();
        }
        return all;
    }

    /** After a restart of Redis each connection comes back by itself: without it there is no cache to compare. */
    private static void awaitHit(Strategy strategy, long book) throws InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (strategy.kind() != Kind.NONE && System.nanoTime() < end) {
            try {
                if (strategy.read(book).hit()) {
                    return;
                }
            } catch (SQLException e) {
                log.debug("the herd's book could not be read", e);
            }
            Thread.sleep(PAUSE.toMillis());
        }
    }

    private void remove(Entry entry) throws InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            try {
                cache.delete(entry);
                return;
            } catch (CacheUnavailableException e) {
                if (System.nanoTime() > end) {
                    throw e;
                }
                Thread.sleep(PAUSE.toMillis());
            }
        }
    }

    private record Read(long nanos, boolean queried) {}

    private static Stampede run(Strategy strategy, long book, ExecutorService readers) throws InterruptedException {
        CountDownLatch ready = new CountDownLatch(READERS);
        CountDownLatch go = new CountDownLatch(1);
        Callable<Read> reader = () -> {
            ready.countDown();
            go.await();
            long began = System.nanoTime();
            boolean queried = strategy.read(book).queried();
            return new Read(System.nanoTime() - began, queried);
        };
        List<Future<Read>> reads = new ArrayList<>();
        for (int i = 0; i < READERS; i++) {
            reads.add(readers.submit(reader));
        }
        ready.await();
        go.countDown();
        long slowest = 0;
        long queries = 0;
        long failed = 0;
        for (Future<Read> read : reads) {
            try {
                slowest = Math.max(slowest, read.get().nanos());
                queries += read.get().queried() ? 1 : 0;
            } catch (ExecutionException e) {
                if (!(e.getCause() instanceof SQLException)) {
                    throw new IllegalStateException("a read of the herd failed", e);
                }
                failed++;
            }
        }
        return new Stampede(strategy.kind(), queries, failed, slowest / 1e6);
    }
}
