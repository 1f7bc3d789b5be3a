package dev.freshet.system.crash;

import dev.freshet.system.oracle.Entry;
import dev.freshet.system.process.RedisView;
import java.io.IOException;
import java.io.StringReader;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.postgresql.PGConnection;

/**
 * Transactions whose rows share positions in the log: COPY, multi-row statements, primary-key changes. Every row, and so
 * every key, belongs to one transaction of the load, and every key is filled once, before that transaction commits: a key
 * that still stands in the end was lost, and no later change can hide it. Confined to one thread.
 */
final class Load {

    private static final long NEW = 10_000_000;
    private static final int DECOYS = 200;

    /** What a transaction of the load does. */
    enum Shape {
        COPY,
        LARGE_COPY,
        MULTI_ROW_INSERT,
        MULTI_ROW_UPDATE,
        PRIMARY_KEY_CHANGE,
        MULTI_ROW_PRIMARY_KEY_CHANGE,
        MULTI_ROW_DELETE,
        MIXED
    }

    private final Connection connection;
    private final RedisView redis;
    private final Random random;
    private final Set<Entry> mustGo = new HashSet<>();
    private long known;
    private final int rowsBefore;
    private long base = 1;
    private long fresh = NEW;

    /** @param rowsBefore how many rows stand before the load begins; each is touched by one transaction at most */
    Load(Connection connection, RedisView redis, Random random, int rowsBefore) throws SQLException {
        this.rowsBefore = rowsBefore;
        this.connection = connection;
        this.redis = redis;
        this.random = random;
        connection.setAutoCommit(true);
        execute("CREATE TABLE item (id bigint PRIMARY KEY, grp bigint NOT NULL, txt text)");
        execute("ALTER TABLE item REPLICA IDENTITY FULL");
        execute("CREATE TABLE note (id bigint PRIMARY KEY, item bigint NOT NULL)");
        execute("INSERT INTO item SELECT g, -g, repeat('x', (g % 90)::int) FROM generate_series(1, " + rowsBefore
                + ") g");
        connection.setAutoCommit(false);
    }

    /** Fills keys that no change of the load touches: they tell a flush from an invalidation. */
    List<Entry> fillDecoys() {
        List<Entry> decoys = LongStream.range(900_000_000, 900_000_000 + DECOYS)
                .mapToObj(id -> List.of(Entry.ofKey("item:" + id), Entry.ofKey("grp:" + id), Entry.ofKey("note:" + id)))
                .flatMap(List::stream)
                .toList();
        redis.fill(decoys, "decoy");
        return decoys;
    }

    /** How many keys had to go so far. */
    long keys() {
        return known + mustGo.size();
    }

    /** A transaction that is ready to commit, with its keys filled. */
    Set<Entry> prepare(Shape shape) throws SQLException {
        Set<Entry> keys = new HashSet<>();
        switch (shape) {
            case COPY -> copy(keys, 50 + random.nextInt(250));
            case LARGE_COPY -> copy(keys, 3_000);
            case MULTI_ROW_INSERT -> insert(keys, 20 + random.nextInt(200));
            case MULTI_ROW_UPDATE -> update(keys, 20 + random.nextInt(200));
            case PRIMARY_KEY_CHANGE -> changePrimaryKeys(keys, 1);
            case MULTI_ROW_PRIMARY_KEY_CHANGE -> changePrimaryKeys(keys, 20 + random.nextInt(100));
            case MULTI_ROW_DELETE -> delete(keys, 20 + random.nextInt(100));
            case MIXED -> {
                changePrimaryKeys(keys, 5);
                copy(keys, 20);
                insertNotes(keys, 20);
                update(keys, 20);
                delete(keys, 5);
                changePrimaryKeys(keys, 5);
            }
        }
        redis.fill(keys, "stale");
        mustGo.addAll(keys);
        return keys;
    }

    /** A transaction of many batches, whose rows share few positions in the log, with its keys filled. */
    Set<Entry> prepareMuch() throws SQLException {
        Set<Entry> keys = new HashSet<>();
        copy(keys, 10_000 + random.nextInt(10_000));
        update(keys, 5_000);
        changePrimaryKeys(keys, 3_000);
        copy(keys, 10_000);
        redis.fill(keys, "stale");
        mustGo.addAll(keys);
        return keys;
    }

    /** Commits what was prepared; the position in the log up to which it must be read. */
    String commit() throws SQLException {
        connection.commit();
        try (Statement statement = connection.createStatement();
                ResultSet lsn = statement.executeQuery("SELECT pg_current_wal_lsn()")) {
            lsn.next();
            String position = lsn.getString(1);
            connection.commit();
            return position;
        }
    }

    private void copy(Set<Entry> keys, int rows) throws SQLException {
        long first = take(rows);
        String text = LongStream.range(first, first + rows)
                .mapToObj(id -> id + "\t" + id + "\tcopied\n")
                .collect(Collectors.joining());
        try {
            connection.unwrap(PGConnection.class).getCopyAPI().copyIn("COPY item FROM STDIN", new StringReader(text));
        } catch (IOException e) {
            throw new SQLException(e);
        }
        item(keys, first, rows);
        group(keys, first, rows);
    }

    private void insert(Set<Entry> keys, int rows) throws SQLException {
        long first = take(rows);
        execute("INSERT INTO item VALUES "
                + LongStream.range(first, first + rows)
                        .mapToObj(id -> "(" + id + ", " + id + ", 'inserted')")
                        .collect(Collectors.joining(", ")));
        item(keys, first, rows);
        group(keys, first, rows);
    }

    private void insertNotes(Set<Entry> keys, int rows) throws SQLException {
        long first = take(rows);
        execute("INSERT INTO note SELECT g, 1 FROM generate_series(" + first + ", " + (first + rows - 1) + ") g");
        LongStream.range(first, first + rows).forEach(id -> keys.add(Entry.ofKey("note:" + id)));
    }

    private void update(Set<Entry> keys, int rows) throws SQLException {
        long old = takeOld(rows);
        long groups = take(rows);
        execute("UPDATE item SET grp = " + groups + " + id - " + old + range(old, rows));
        item(keys, old, rows);
        group(keys, groups, rows);
        oldGroup(keys, old, rows);
    }

    private void changePrimaryKeys(Set<Entry> keys, int rows) throws SQLException {
        long old = takeOld(rows);
        long ids = take(rows);
        execute("UPDATE item SET id = " + ids + " + id - " + old + range(old, rows));
        item(keys, old, rows);
        item(keys, ids, rows);
        oldGroup(keys, old, rows);
    }

    private void delete(Set<Entry> keys, int rows) throws SQLException {
        long old = takeOld(rows);
        execute("DELETE FROM item" + range(old, rows));
        item(keys, old, rows);
        oldGroup(keys, old, rows);
    }

    private static String range(long first, int rows) {
        return " WHERE id BETWEEN " + first + " AND " + (first + rows - 1);
    }

    private static void item(Set<Entry> keys, long first, int rows) {
        LongStream.range(first, first + rows).forEach(id -> keys.add(Entry.ofKey("item:" + id)));
    }

    private static void group(Set<Entry> keys, long first, int rows) {
        LongStream.range(first, first + rows).forEach(id -> keys.add(Entry.ofKey("grp:" + id)));
    }

    private static void oldGroup(Set<Entry> keys, long first, int rows) {
        LongStream.range(first, first + rows).forEach(id -> keys.add(Entry.ofKey("grp:-" + id)));
    }

    private long take(int count) {
        fresh += count;
        return fresh - count;
    }

    private long takeOld(int count) {
        base += count;
        if (base > rowsBefore + 1) {
            throw new IllegalStateException("the load is out of rows: begin with more than " + rowsBefore);
        }
        return base - count;
    }

    /** Which keys of committed transactions still stand; those that have gone are not asked for again. */
    List<Entry> standing() {
        Set<Entry> there = redis.standingOf(mustGo);
        known += mustGo.size() - there.size();
        mustGo.retainAll(there);
        return new ArrayList<>(there);
    }

    private void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
