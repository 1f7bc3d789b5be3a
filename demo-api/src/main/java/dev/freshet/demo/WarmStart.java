package dev.freshet.demo;

import dev.freshet.demo.api.CachedReads;
import dev.freshet.demo.shop.Catalogue;
import dev.freshet.model.CacheMapping;
import dev.freshet.model.CacheMapping.OnChange;
import dev.freshet.model.config.FreshetConfig;
import dev.freshet.redis.RedisCacheStore;
import dev.freshet.writer.mend.Warm;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;

/**
 * Fills the cache before the first reader comes: what the pipeline stores, as the command {@code warm} does; what only
 * readers store, by reading it. Both by the rules of safe fills, beside a running pipeline. Confined to one thread.
 */
final class WarmStart implements AutoCloseable {

    private static final int BOOKS_AT_A_TIME = 250;
    private static final long INTERVAL_NANOS = 1_000_000_000L;

    private final FreshetConfig config;
    private final Catalogue catalogue;
    private final CachedReads reads;
    private final RedisCacheStore store;
    private final Warm warm;
    private final PrintStream out;
    private long told = System.nanoTime();

    private WarmStart(
            FreshetConfig config, Catalogue catalogue, CachedReads reads, RedisCacheStore store, PrintStream out) {
        this.config = config;
        this.catalogue = catalogue;
        this.reads = reads;
        this.store = store;
        this.warm = new Warm(config, store);
        this.out = out;
    }

    /** @param out is told each second how far it has come, and at the end of each cache */
    static WarmStart of(FreshetConfig config, Catalogue catalogue, CachedReads reads, PrintStream out) {
        RedisCacheStore store =
                RedisCacheStore.at(config.redis(), config.writer().fenceWindow());
        return new WarmStart(config, catalogue, reads, store, out);
    }

    /** @throws PipelineException where an entry could not be made */
    void run() throws InterruptedException {
        for (CacheMapping mapping : config.caches()) {
            if (!(mapping.onChange() instanceof OnChange.Delete)) {
                refreshed(mapping);
            }
        }
        books();
        long began = System.nanoTime();
        done("front", reads.fillFront() + " pages", began);
    }

    private void refreshed(CacheMapping mapping) throws InterruptedException {
        long began = System.nanoTime();
        warm.obstacle(mapping).ifPresent(obstacle -> {
            throw new PipelineException("cache " + mapping.name() + " cannot be warmed: " + obstacle);
        });
        Warm.Tally tally = warm.fill(
                mapping, new Warm.Pacing(OptionalInt.empty()), sofar -> progress(mapping.name(), sofar.rows()));
        // This run is over: another one begins at the beginning.
        warm.forget(List.of(mapping));
        if (tally.failed() > 0) {
            throw new PipelineException(
                    "cache " + mapping.name() + " could not be warmed: " + tally.failed() + " entries failed");
        }
        done(mapping.name(), tally.rows() + " rows", began);
    }

    private void books() {
        long began = System.nanoTime();
        long after = 0;
        long filled = 0;
        List<Long> ids = catalogue.idsAfter(after, BOOKS_AT_A_TIME);
        while (!ids.isEmpty()) {
            reads.fillBooks(ids);
            filled += ids.size();
            progress("book", filled);
            after = ids.get(ids.size() - 1);
            ids = catalogue.idsAfter(after, BOOKS_AT_A_TIME);
        }
        done("book", filled + " rows", began);
    }

    private void progress(String cache, long rows) {
        long now = System.nanoTime();
        if (now - told >= INTERVAL_NANOS) {
            told = now;
            out.println("warming\t" + cache + "\t" + rows + " rows");
        }
    }

    private void done(String cache, String filled, long began) {
        out.println("warmed\t" + cache + "\t" + filled + "\t"
                + String.format(Locale.ROOT, "%.1f s", (System.nanoTime() - began) / 1e9));
    }

    @Override
    public void close() {
        warm.close();
        store.close();
    }
}
