package dev.freshet.demo.arena;

import dev.freshet.demo.strategy.Kind;
import dev.freshet.demo.strategy.Strategy;
import dev.freshet.redis.PlainCache;
import dev.freshet.redis.PlainCache.Entry;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Many readers want one book at the moment in which its entry is gone. Confined to one thread. */
public final class Herd {

    public static final int READERS = 64;

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
                cache.delete(Entry.of(lane.kind().prefix() + book));
                all.add(run(lane.strategy(), book, readers));
            }
        } finally {
            readers.shutdownNow();
        }
        return all;
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
