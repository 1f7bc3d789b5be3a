package dev.freshet.demo.arena;

import dev.freshet.demo.arena.Herd.Stampede;
import dev.freshet.demo.judge.Judge;
import dev.freshet.demo.strategy.Database;
import dev.freshet.demo.strategy.Kind;
import dev.freshet.demo.strategy.Strategies;
import dev.freshet.redis.PlainCache;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Five strategies beside each other: the same reads at the same time, one database, one Redis, one judge. Nothing is read or
 * written until {@link #run}. Thread-safe.
 */
public final class Arena implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Arena.class);

    private static final int SHELF = 6;

    private final Deque<AutoCloseable> parts = new ArrayDeque<>();
    private final ReentrantLock faults = new ReentrantLock();
    private final HotSet books = new HotSet();
    private final ListenerSwitch listener;
    private final RedisSwitch redis;
    private final Judge judge;
    private final Writer writer;
    private final List<Lane> lanes = new ArrayList<>();
    private final Load load;
    private final Edits edits;
    private final Herd herd;
    private final Map<Kind, Totals> baseline = new EnumMap<>(Kind.class);
    private final Map<Kind, Totals> looked = new EnumMap<>(Kind.class);
    private volatile boolean listenerRuns = true;
    private volatile boolean redisRuns = true;

    private Arena(Database database, String redisUrl, String pipeline, ListenerSwitch listener, RedisSwitch redis)
            throws SQLException {
        this.listener = listener;
        this.redis = redis;
        try {
            judge = opened(Judge.watching(
                    redisUrl, Kind.FRESHET.prefix(), database.url(), database.user(), database.password()));
            Strategies strategies = opened(Strategies.open(database, redisUrl, pipeline));
            strategies.all().forEach(strategy -> lanes.add(opened(new Lane(strategy, judge))));
            writer = opened(new Writer(database, strategies, judge));
            load = opened(new Load(lanes, writer, books));
            edits = opened(new Edits(writer, judge, lanes));
            herd = new Herd(lanes, opened(PlainCache.open(redisUrl, Duration.ofSeconds(2))));
            lanes.forEach(lane -> looked.put(lane.kind(), lane.totals()));
            reset();
        } catch (SQLException | RuntimeException e) {
            close();
            throw e;
        }
    }

    /**
     * Connects everything. To be called once for a database: it installs triggers there.
     *
     * @param pipeline whose writer removes Freshet's entries
     */
    public static Arena open(
            Database database, String redisUrl, String pipeline, ListenerSwitch listener, RedisSwitch redis)
            throws SQLException {
        return new Arena(database, redisUrl, pipeline, listener, redis);
    }

    private <T extends AutoCloseable> T opened(T part) {
        parts.push(part);
        return part;
    }

    /** Begins or ceases to read and write. */
    public void run(boolean on) {
        load.run(on);
    }

    public LoadSettings load() {
        return load.settings();
    }

    /** From now on; what is counted begins anew. */
    public void load(LoadSettings settings) {
        load.set(settings);
        reset();
    }

    /** What is counted begins anew. */
    public synchronized void reset() {
        lanes.forEach(lane -> {
            baseline.put(lane.kind(), lane.totals());
            lane.meter().forgetWorst();
        });
    }

    /** In the order of {@link Kind}. */
    public synchronized List<Reading> look() {
        List<Reading> readings = new ArrayList<>();
        for (Lane lane : lanes) {
            Totals now = lane.totals();
            Totals since = Objects.requireNonNull(baseline.get(lane.kind()));
            Totals last = Objects.requireNonNull(looked.put(lane.kind(), now));
            readings.add(new Reading(
                    lane.kind(),
                    now.minus(since),
                    now.minus(last),
                    lane.meter().worstMillis(),
                    lane.meter().worstMillisOfLook(),
                    now.broken()));
        }
        return readings;
    }

    /** How many changes were seen applied to Freshet's cache. */
    public long applied() {
        return judge.applied();
    }

    /** How many changes are committed and not yet seen applied there. */
    public int pending() {
        return judge.pending();
    }

    public long ownWrites() {
        return writer.ownWrites();
    }

    public long foreignWrites() {
        return writer.foreignWrites();
    }

    /** The books that are read most. */
    public List<Long> shelf() {
        List<Long> ids = new ArrayList<>();
        for (long id = books.hottest(); ids.size() < SHELF; id++) {
            ids.add(id);
        }
        return ids;
    }

    /** The book's page as each strategy serves it now. Not measured. */
    public Map<Kind, String> pages(long book) {
        Map<Kind, String> pages = new EnumMap<>(Kind.class);
        for (Lane lane : lanes) {
            try {
                lane.strategy().read(book).page().ifPresent(page -> pages.put(lane.kind(), page));
            } catch (SQLException | RuntimeException e) {
                log.debug("a page could not be had", e);
            }
        }
        return pages;
    }

    /**
     * Somebody else sets a price by SQL.
     *
     * @return empty where there is no such book
     * @throws BusyException where several edits are awaited already
     */
    public Optional<Edit> edit(long book, BigDecimal price) throws SQLException {
        return edits.begin(book, price);
    }

    /** The newest first. */
    public List<Edit> edits() {
        return edits.newest();
    }

    /**
     * Stops whoever listens for changes, or lets it go on: Freshet's listener, and that of NOTIFY. Returns when it is done.
     *
     * @throws BusyException where another fault is being brought about
     */
    public void listen(boolean on) {
        alone(() -> {
            lanes.forEach(lane -> lane.strategy().listen(on));
            if (on) {
                listener.start();
            } else {
                listener.stop();
            }
            listenerRuns = on;
        });
    }

    /** Whether Freshet's reads ask the database where the pipeline has been silent; they do, where nothing else is said. */
    public void demandFreshness(boolean on) {
        lanes.forEach(lane -> lane.strategy().demandFreshness(on));
    }

    /** Kills the Redis of all strategies, or starts it again. Returns when it is done. */
    public void redis(boolean on) {
        alone(() -> {
            if (on) {
                redis.start();
            } else {
                redis.kill();
            }
            redisRuns = on;
        });
    }

    public boolean listenerRuns() {
        return listenerRuns;
    }

    public boolean redisRuns() {
        return redisRuns;
    }

    /** Has the hottest book read by many at once while its entry is gone; the load rests meanwhile. */
    public List<Stampede> herd() {
        List<Stampede> all = new ArrayList<>();
        alone(() -> {
            boolean ran = load.running();
            load.run(false);
            try {
                all.addAll(herd.run(books.hottest()));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } finally {
                load.run(ran);
            }
        });
        return all;
    }

    private void alone(Runnable fault) {
        if (!faults.tryLock()) {
            throw new BusyException();
        }
        try {
            fault.run();
        } finally {
            faults.unlock();
        }
    }

    @Override
    public void close() {
        while (!parts.isEmpty()) {
            try {
                parts.pop().close();
            } catch (Exception e) {
                log.warn("a part of the comparison did not close", e);
            }
        }
    }
}
