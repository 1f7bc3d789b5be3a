package dev.freshet.writer.mend;

import dev.freshet.model.CacheMapping;
import dev.freshet.model.TableId;
import dev.freshet.model.TableShape;
import dev.freshet.model.config.FreshetConfig;
import dev.freshet.redis.WarmStore;
import dev.freshet.writer.acknowledge.JdbcSnapshotSource;
import dev.freshet.writer.apply.CacheRules;
import dev.freshet.writer.apply.JdbcValueQuery;
import dev.freshet.writer.catalogue.JdbcCatalogue;
import dev.freshet.writer.catalogue.SourceConnection;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Fills refresh caches from their tables, as a reader that missed would: lease, snapshot, load, fill (rules 7 to 10), so
 * that no value older than what a writer applies meanwhile is left. Entries that stand are left alone. Works beside
 * running writers, over connections of its own. Thread-confined.
 *
 * <p>Methods throw what {@link WarmStore} and {@link SourceConnection} throw where a server is away: what was filled
 * stays, and another run can go on from there.
 */
public final class Warm implements AutoCloseable {

    private static final int TRIES = 3;

    private final FreshetConfig config;
    private final WarmStore store;
    private final SourceConnection source;
    private final CacheRules rules;

    /**
     * How caches are filled.
     *
     * @param rowsPerSecond at most; empty for no limit
     */
    public record Pacing(OptionalInt rowsPerSecond) {}

    /**
     * What became of a cache's rows so far.
     *
     * @param rows read
     * @param stored entries
     * @param standing entries that stood, or that another loads just now
     * @param refused entries that a change, a flush or a truncate kept from being filled
     * @param failed entries whose query the source refused
     */
    public record Tally(long rows, long stored, long standing, long refused, long failed) {

        static final Tally NOTHING = new Tally(0, 0, 0, 0, 0);

        Tally and(Tally more) {
            return new Tally(
                    rows + more.rows,
                    stored + more.stored,
                    standing + more.standing,
                    refused + more.refused,
                    failed + more.failed);
        }
    }

    /** @param store stays the caller's to close, after this; connects when it is asked for something */
    public Warm(FreshetConfig config, WarmStore store) {
        this.config = config;
        this.store = store;
        this.source = new SourceConnection(config.postgres(), "warm");
        this.rules = new CacheRules(config.caches());
    }

    /** Why a cache cannot be filled, for people; empty where it can. */
    public Optional<String> obstacle(CacheMapping mapping) {
        List<Set<String>> unique = TablePages.uniqueKeys(source, mapping.table());
        return WarmPlan.obstacle(mapping, shape(mapping.table()), unique).or(() -> unknownToWriters(mapping));
    }

    /** What no writer invalidates would be stale for good. */
    private Optional<String> unknownToWriters(CacheMapping mapping) {
        Map<String, String> published =
                store.publishedPatterns(config.pipeline()).toCompletableFuture().join();
        String glob = rules.scan(mapping).glob();
        return glob.equals(published.get(mapping.name()))
                ? Optional.empty()
                : Optional.of(
                        "no writer of this pipeline has been started with this cache as the file has it, so nothing"
                                + " would keep it fresh; start the writers with this file first");
    }

    private TableShape shape(TableId table) {
        return new JdbcCatalogue(source)
                .shape(table)
                .orElseThrow(() -> new IllegalArgumentException("there is no table '" + table + "'"));
    }

    /** Whether an earlier run has filled all of this cache, and not all of the others it was asked for. */
    public boolean isDone(CacheMapping mapping) {
        return bookmark(mapping).filter(found -> found.after().isEmpty()).isPresent();
    }

    private Optional<Bookmark> bookmark(CacheMapping mapping) {
        String definition = WarmPlan.of(mapping, shape(mapping.table())).definition();
        return Optional.ofNullable(store.bookmarks(config.pipeline())
                        .toCompletableFuture()
                        .join()
                        .get(mapping.name()))
                .flatMap(Bookmark::parse)
                .filter(found -> found.definition().equals(definition));
    }

    /** What was filled of these caches before does not count. */
    public void forget(Collection<CacheMapping> mappings) {
        store.forgetBookmarks(
                        config.pipeline(),
                        mappings.stream().map(CacheMapping::name).toList())
                .toCompletableFuture()
                .join();
    }

    /**
     * Fills one cache, from where the last run that ended early had come, or from the table's beginning.
     *
     * @param progress is told after some rows, on this thread
     * @throws IllegalArgumentException where {@link #obstacle} tells one
     * @throws InterruptedException where the thread was interrupted while it waited
     */
    public Tally fill(CacheMapping mapping, Pacing pacing, Consumer<Tally> progress) throws InterruptedException {
        TableShape shape = shape(mapping.table());
        WarmPlan plan = WarmPlan.of(mapping, shape);
        JdbcSnapshotSource snapshots = new JdbcSnapshotSource(source);
        LeasedFills fills = new LeasedFills(
                store, rules, mapping, config.writer().fenceWindow().dividedBy(2));
        TablePages pages = TablePages.of(source, shape);
        PageFill filling = plan.byQuery()
                ? new QueryPageFill(plan, fills, new JdbcValueQuery(source, snapshots))
                : new RowPageFill(plan, fills, pages, snapshots);
        Patience patience = new Patience(config.writer().fenceWindow().multipliedBy(2));
        Pace pace = new Pace(pacing.rowsPerSecond());
        PageSize size = new PageSize();
        Optional<List<String>> after = bookmark(mapping).flatMap(Bookmark::after);
        Tally tally = Tally.NOTHING;
        while (true) {
            List<TablePages.Line> page =
                    pages.read(filling.columns(), after, Optional.empty(), pace.piece(size.rows()));
            if (page.isEmpty()) {
                break;
            }
            tally = tally.and(fill(page, after, filling, patience));
            size.read(page.size(), filling.bytes());
            after = Optional.of(page.get(page.size() - 1).key());
            note(mapping, new Bookmark(plan.definition(), after));
            progress.accept(tally);
            sleep(pace.after(page.size(), System.nanoTime()));
        }
        note(mapping, new Bookmark(plan.definition(), Optional.empty()));
        return tally;
    }

    /**
     * What is refused is tried again: a few times, since most changes are visible soon; and where nothing at all could be
     * stored, until the fence that a flush or a truncate left has ended.
     */
    private static Tally fill(
            List<TablePages.Line> page, Optional<List<String>> after, PageFill filling, Patience patience)
            throws InterruptedException {
        Tally done = filling.fill(page, after);
        patience.begin();
        for (int tries = 1; done.refused() > 0 && !patience.isOver(); tries++) {
            if (tries >= TRIES && done.stored() > 0) {
                break;
            }
            sleep(patience.next());
            Tally again = filling.fill(page, after);
            // What stood before is met a second time.
            done = new Tally(
                    0,
                    done.stored() + again.stored(),
                    done.standing(),
                    Math.min(again.refused(), done.refused()),
                    again.failed());
        }
        return done.and(new Tally(page.size(), 0, 0, 0, 0));
    }

    private void note(CacheMapping mapping, Bookmark bookmark) {
        store.bookmark(config.pipeline(), mapping.name(), bookmark.toJson())
                .toCompletableFuture()
                .join();
    }

    private static void sleep(Duration time) throws InterruptedException {
        if (!time.isZero()) {
            Thread.sleep(time.toMillis());
        }
    }

    @Override
    public void close() {
        source.close();
    }
}
