package dev.freshet.system.reads;

import dev.freshet.system.reads.Shop.Place;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Several threads that change rows: inserts, updates, moves from key to key, changed primary keys, deletes, a few of them
 * in a transaction, and some are rolled back. No two transactions under way change one item; two items behind one key,
 * such as two books of a shelf, they do.
 */
final class Changes implements AutoCloseable {

    private static final int THREADS = 4;
    private static final long PERIOD_MICROS = 60_000;

    /** Two items; the second is where the first may move to. */
    private record Pair(String from, String to) {}

    private final History history;
    private final Applied applied;
    private final long seed;
    private final Map<String, ReentrantLock> locks = new ConcurrentHashMap<>();
    private final List<Connection> connections = new ArrayList<>();
    private final ScheduledExecutorService threads = Executors.newScheduledThreadPool(THREADS);
    private final AtomicLong transactions = new AtomicLong();
    private volatile Optional<Throwable> failure = Optional.empty();

    Changes(Pipeline pipeline, History history, Applied applied, long seed) throws SQLException {
        this.history = history;
        this.applied = applied;
        for (int i = 0; i < THREADS; i++) {
            Connection connection = pipeline.connect();
            connection.setAutoCommit(false);
            connections.add(connection);
        }
        this.seed = seed;
    }

    void start() {
        for (int i = 0; i < THREADS; i++) {
            Connection connection = connections.get(i);
            Random random = new Random(seed * 31 + i);
            var unused = threads.scheduleAtFixedRate(
                    () -> change(connection, random),
                    i * PERIOD_MICROS / THREADS,
                    PERIOD_MICROS,
                    TimeUnit.MICROSECONDS);
        }
    }

    private void change(Connection connection, Random random) {
        try {
            List<Pair> pairs = new ArrayList<>();
            Set<String> items = new TreeSet<>();
            for (int i = random.nextInt(3); i >= 0; i--) {
                Pair pair = draw(random);
                if (!pair.from.equals(pair.to) && !items.contains(pair.from) && !items.contains(pair.to)) {
                    pairs.add(pair);
                    items.addAll(List.of(pair.from, pair.to));
                }
            }
            // In order, so that nobody waits in a circle.
            items.forEach(item -> lock(item).lock());
            try {
                change(connection, pairs, random);
            } finally {
                items.forEach(item -> lock(item).unlock());
            }
        } catch (SQLException | RuntimeException e) {
            failure = Optional.of(e);
            throw new IllegalStateException(e);
        }
    }

    private static Pair draw(Random random) {
        return random.nextInt(4) > 0
                ? new Pair(Shop.book(Shop.skewed(random, Shop.BOOKS)), Shop.book(random.nextInt(Shop.BOOKS)))
                : new Pair(Shop.member(Shop.skewed(random, Shop.MEMBERS)), Shop.member(random.nextInt(Shop.MEMBERS)));
    }

    private ReentrantLock lock(String item) {
        return locks.computeIfAbsent(item, unknown -> new ReentrantLock());
    }

    private void change(Connection connection, List<Pair> pairs, Random random) throws SQLException {
        Map<String, Place> changes = new TreeMap<>();
        try (Statement statement = connection.createStatement()) {
            for (Pair pair : pairs) {
                change(statement, pair, changes, random);
            }
            if (changes.isEmpty() || random.nextInt(20) == 0) {
                connection.rollback();
                return;
            }
            long transaction = transaction(statement);
            Set<String> keys = new TreeSet<>();
            changes.forEach((item, place) -> keys.addAll(Shop.keysOf(item, history.newest(item), place)));
            history.commits(transaction, changes);
            connection.commit();
            applied.expect(transaction, keys);
            transactions.incrementAndGet();
        }
    }

    private void change(Statement statement, Pair pair, Map<String, Place> changes, Random random) throws SQLException {
        Place from = history.newest(pair.from);
        Place to = history.newest(pair.to);
        boolean book = pair.from.startsWith("book/");
        long next = from.version() + 1;
        int shelf = book ? random.nextInt(Shop.SHELVES) : 0;
        String row = where(pair.from);
        if (!from.there()) {
            one(statement, insert(pair.from, shelf, next));
            changes.put(pair.from, Place.on(next, shelf));
            return;
        }
        switch (random.nextInt(10)) {
            case 0, 1 -> {
                one(statement, "DELETE FROM " + row);
                changes.put(pair.from, Place.empty(next));
            }
            case 2, 3 -> {
                if (to.there()) {
                    return;
                }
                one(
                        statement,
                        "UPDATE " + row.replace(" WHERE", " SET " + rename(pair.to, to.version() + 1) + " WHERE"));
                changes.put(pair.from, Place.empty(next));
                changes.put(pair.to, Place.on(to.version() + 1, from.shelf()));
            }
            case 4, 5 -> {
                String moved = book ? "shelf = " + shelf + ", " : "";
                one(statement, "UPDATE " + row.replace(" WHERE", " SET " + moved + "version = " + next + " WHERE"));
                changes.put(pair.from, Place.on(next, shelf));
            }
            default -> {
                one(statement, "UPDATE " + row.replace(" WHERE", " SET version = " + next + " WHERE"));
                changes.put(pair.from, Place.on(next, from.shelf()));
            }
        }
    }

    private static String name(String item) {
        return item.substring(item.indexOf('/') + 1);
    }

    private static String where(String item) {
        return item.startsWith("book/") ? "book WHERE id = " + name(item) : "member WHERE name = '" + name(item) + "'";
    }

    private static String rename(String item, long version) {
        return (item.startsWith("book/") ? "id = " + name(item) : "name = '" + name(item) + "'") + ", version = "
                + version;
    }

    private static String insert(String item, int shelf, long version) {
        return item.startsWith("book/")
                ? "INSERT INTO book VALUES (" + name(item) + ", " + shelf + ", " + version + ")"
                : "INSERT INTO member (name, version) VALUES ('" + name(item) + "', " + version + ")";
    }

    private static void one(Statement statement, String sql) throws SQLException {
        int rows = statement.executeUpdate(sql);
        if (rows != 1) {
            throw new IllegalStateException(rows + " rows by " + sql);
        }
    }

    private static long transaction(Statement statement) throws SQLException {
        try (ResultSet row = statement.executeQuery("SELECT pg_current_xact_id()::text")) {
            row.next();
            return Long.parseLong(row.getString(1));
        }
    }

    long transactions() {
        return transactions.get();
    }

    Optional<Throwable> failure() {
        return failure;
    }

    /** Returns when the last commit has returned. */
    void stop() throws InterruptedException {
        threads.shutdown();
        if (!threads.awaitTermination(60, TimeUnit.SECONDS)) {
            throw new IllegalStateException("a change has not ended");
        }
    }

    @Override
    public void close() throws SQLException {
        threads.shutdownNow();
        for (Connection connection : connections) {
            connection.close();
        }
    }
}
