package dev.freshet.system.faults;

import dev.freshet.system.faults.Chronicle.Change;
import java.io.IOException;
import java.io.StringReader;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.postgresql.PGConnection;

/**
 * Threads that change rows through whatever happens to the database: inserts, updates, moves from key to key, changed
 * primary keys, deletes, many rows by one statement, COPY, TRUNCATE, several of these in one transaction, and some rolled
 * back. A failed transaction is forgotten, a lost connection made again.
 */
final class Load {

    private static final int THREADS = 3;
    private static final int PAUSE_MILLIS = 40;

    private final Callable<Connection> connect;
    private final Chronicle chronicle;
    private final long seed;
    private final CountDownLatch stopping = new CountDownLatch(1);
    private final AtomicInteger transactions = new AtomicInteger();
    private final List<Thread> threads = new ArrayList<>();
    private volatile Optional<Throwable> failure = Optional.empty();

    Load(Callable<Connection> connect, Chronicle chronicle, long seed) {
        this.connect = connect;
        this.chronicle = chronicle;
        this.seed = seed;
    }

    Load start() {
        for (int i = 0; i < THREADS; i++) {
            Random random = new Random(seed * 31 + i);
            Thread thread = new Thread(() -> work(random), "load " + i);
            thread.setDaemon(true);
            threads.add(thread);
            thread.start();
        }
        return this;
    }

    private void work(Random random) {
        while (stopping.getCount() > 0) {
            try (Connection connection = connect.call()) {
                connection.setAutoCommit(false);
                while (!pause(PAUSE_MILLIS + random.nextInt(PAUSE_MILLIS))) {
                    transact(connection, random);
                }
            } catch (SQLException lostConnection) {
                if (pause(4 * PAUSE_MILLIS)) {
                    return;
                }
            } catch (Exception | AssertionError e) {
                failure = Optional.of(e);
                return;
            }
        }
    }

    private boolean pause(int millis) {
        try {
            return stopping.await(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    private void transact(Connection connection, Random random) throws SQLException, IOException {
        List<Change> changes = new ArrayList<>();
        String transaction;
        try (Statement statement = connection.createStatement()) {
            for (int i = random.nextInt(3); i >= 0; i--) {
                step(connection, statement, random, changes);
            }
            transaction = one(statement, "SELECT coalesce(pg_current_xact_id_if_assigned()::text, 'none')");
        } catch (SQLException e) {
            // A deadlock, a key that is taken: another transaction will do. A lost connection fails here again.
            connection.rollback();
            return;
        }
        if (random.nextInt(15) == 0) {
            connection.rollback();
            return;
        }
        String outcome = "unknown whether committed";
        try {
            connection.commit();
            outcome = "committed";
            transactions.incrementAndGet();
        } finally {
            if (!changes.isEmpty()) {
                chronicle.changed("transaction " + transaction + " " + outcome, changes);
            }
        }
    }

    private static void step(Connection connection, Statement statement, Random random, List<Change> changes)
            throws SQLException, IOException {
        switch (random.nextInt(24)) {
            case 0, 1, 2, 3, 4 -> updateBook(statement, random, changes);
            case 5, 6 -> insert(statement, Table.BOOK, random, changes);
            case 7 -> delete(statement, Table.BOOK, "id = " + draw(Table.BOOK, "id", random), changes);
            case 8 -> renameBook(statement, random, changes);
            case 9 ->
                update(
                        statement,
                        Table.BOOK,
                        "author = " + draw(Table.BOOK, "author", random),
                        "price = price + 1",
                        changes);
            case 10, 11, 12 ->
                update(
                        statement,
                        Table.ITEM,
                        "purchase = " + draw(Table.ITEM, "purchase", random) + " AND line = "
                                + draw(Table.ITEM, "line", random),
                        "quantity = " + draw(Table.ITEM, "quantity", random),
                        changes);
            case 13, 14 -> insert(statement, Table.ITEM, random, changes);
            case 15 -> delete(statement, Table.ITEM, "purchase = " + draw(Table.ITEM, "purchase", random), changes);
            case 16 ->
                update(
                        statement,
                        Table.NOTE,
                        "id = " + draw(Table.NOTE, "id", random),
                        "grp = " + draw(Table.NOTE, "grp", random),
                        changes);
            case 17 ->
                update(
                        statement,
                        Table.NOTE,
                        "id = " + draw(Table.NOTE, "id", random),
                        random.nextInt(3) == 0 ? "status = 1 - status" : "grp = grp",
                        changes);
            case 18 -> insert(statement, Table.NOTE, random, changes);
            case 19 -> {
                if (random.nextInt(4) == 0) {
                    truncateNotes(statement, random, changes);
                } else {
                    delete(statement, Table.NOTE, "id = " + draw(Table.NOTE, "id", random), changes);
                }
            }
            case 20 -> copyPlain(connection, statement, random, changes);
            case 21 ->
                update(
                        statement,
                        Table.PLAIN,
                        "id % 10 = " + random.nextInt(10) + " AND id < " + Table.MARKERS,
                        "id = id",
                        changes);
            default -> update(statement, Table.PLAIN, "id = " + draw(Table.PLAIN, "id", random), "id = id", changes);
        }
    }

    /** Some far more often than others, so that some stay as they are. */
    private static long draw(Table table, String column, Random random) {
        return (long) (table.bound(column) * Math.pow(random.nextDouble(), 3));
    }

    private static void updateBook(Statement statement, Random random, List<Change> changes) throws SQLException {
        String what = switch (random.nextInt(4)) {
            case 0 -> "author = " + draw(Table.BOOK, "author", random);
            case 1 -> "genre = " + draw(Table.BOOK, "genre", random);
            case 2 -> "price = " + draw(Table.BOOK, "price", random);
            default -> "price = price";
        };
        update(statement, Table.BOOK, "id = " + draw(Table.BOOK, "id", random), what, changes);
    }

    private static void renameBook(Statement statement, Random random, List<Change> changes) throws SQLException {
        long to = draw(Table.BOOK, "id", random);
        delete(statement, Table.BOOK, "id = " + to, changes);
        update(statement, Table.BOOK, "id = " + draw(Table.BOOK, "id", random), "id = " + to, changes);
    }

    private static void truncateNotes(Statement statement, Random random, List<Change> changes) throws SQLException {
        statement.execute("LOCK TABLE note IN ACCESS EXCLUSIVE MODE");
        rows(statement, Table.NOTE, "SELECT * FROM note")
                .forEach(row -> changes.add(new Change(Table.NOTE, row, Map.of())));
        statement.execute("TRUNCATE note");
        statement.execute(Table.NOTE.insertMarkers());
        for (int i = 0; i < 8; i++) {
            insert(statement, Table.NOTE, random, changes);
        }
    }

    /** Takes some rows away and copies some of them in again. */
    private static void copyPlain(Connection connection, Statement statement, Random random, List<Change> changes)
            throws SQLException, IOException {
        long from = draw(Table.PLAIN, "id", random);
        long to = Math.min(from + 10, Table.PLAIN.bound("id"));
        delete(statement, Table.PLAIN, "id >= " + from + " AND id < " + to, changes);
        List<Long> versions = new ArrayList<>();
        for (long id = from; id < to; id++) {
            versions.add(Long.valueOf(one(statement, "SELECT nextval('versions')")));
        }
        String text = LongStream.range(from, to)
                .mapToObj(id -> id + "\t" + versions.get((int) (id - from)) + "\n")
                .collect(Collectors.joining());
        connection.unwrap(PGConnection.class).getCopyAPI().copyIn("COPY plain FROM STDIN", new StringReader(text));
        for (long id = from; id < to; id++) {
            changes.add(
                    new Change(Table.PLAIN, Map.of(), Map.of("id", id, "version", versions.get((int) (id - from)))));
        }
    }

    /** One row of any key, unless it is there. */
    private static void insert(Statement statement, Table table, Random random, List<Change> changes)
            throws SQLException {
        String values = table.columns().stream()
                .map(column ->
                        column.equals("version") ? "nextval('versions')" : String.valueOf(draw(table, column, random)))
                .collect(Collectors.joining(", "));
        rows(
                        statement,
                        table,
                        "INSERT INTO " + table.sql() + " VALUES (" + values + ") ON CONFLICT DO NOTHING RETURNING *")
                .forEach(row -> changes.add(new Change(table, Map.of(), row)));
    }

    private static void delete(Statement statement, Table table, String where, List<Change> changes)
            throws SQLException {
        rows(statement, table, "DELETE FROM " + table.sql() + " WHERE " + where + " RETURNING *")
                .forEach(row -> changes.add(new Change(table, row, Map.of())));
    }

    private static void update(Statement statement, Table table, String where, String what, List<Change> changes)
            throws SQLException {
        // In the order of their keys, so that fewer transactions wait in a circle.
        List<Map<String, Long>> before = rows(
                statement,
                table,
                "SELECT * FROM " + table.sql() + " WHERE " + where + " ORDER BY " + String.join(", ", table.key())
                        + " FOR UPDATE");
        List<Map<String, Long>> after = rows(
                statement,
                table,
                "UPDATE " + table.sql() + " SET " + what + ", version = nextval('versions') WHERE " + where
                        + " RETURNING *");
        Map<List<Long>, Map<String, Long>> byKey = new HashMap<>();
        after.forEach(row -> byKey.put(key(table, row), row));
        for (Map<String, Long> row : before) {
            Map<String, Long> now = before.size() == 1 && after.size() == 1 ? after.get(0) : byKey.get(key(table, row));
            if (now != null) {
                changes.add(new Change(table, row, now));
            }
        }
    }

    private static List<Long> key(Table table, Map<String, Long> row) {
        return table.key().stream().map(column -> row.getOrDefault(column, -1L)).toList();
    }

    private static List<Map<String, Long>> rows(Statement statement, Table table, String sql) throws SQLException {
        try (ResultSet rows = statement.executeQuery(sql)) {
            return Rows.read(table, rows);
        }
    }

    private static String one(Statement statement, String sql) throws SQLException {
        try (ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getString(1);
        }
    }

    /** The rows at the beginning. */
    static void fill(Connection connection, long seed) throws SQLException {
        Random random = new Random(seed);
        try (Statement statement = connection.createStatement()) {
            statement.execute("CREATE SEQUENCE versions");
            for (Table table : Table.values()) {
                statement.execute(table.create());
                if (table != Table.PLAIN) {
                    statement.execute("ALTER TABLE " + table.sql() + " REPLICA IDENTITY FULL");
                }
                statement.execute(table.insertMarkers());
                for (int i = 0; i < 150; i++) {
                    insert(statement, table, random, new ArrayList<>());
                }
            }
            statement.execute("INSERT INTO plain SELECT id, nextval('versions') FROM generate_series(0, "
                    + (Table.PLAIN.bound("id") - 1) + ") AS id ON CONFLICT DO NOTHING");
        }
    }

    int transactions() {
        return transactions.get();
    }

    /** Returns when the last commit has returned, or failed. */
    void stop() throws InterruptedException {
        stopping.countDown();
        for (Thread thread : threads) {
            thread.join(TimeUnit.SECONDS.toMillis(60));
            if (thread.isAlive()) {
                throw new IllegalStateException(thread.getName() + " has not ended");
            }
        }
        failure.ifPresent(thrown -> {
            throw new AssertionError("the load failed by itself", thrown);
        });
    }
}
