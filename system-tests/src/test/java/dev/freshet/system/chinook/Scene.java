package dev.freshet.system.chinook;

import static org.awaitility.Awaitility.await;

import dev.freshet.system.oracle.Cache;
import dev.freshet.system.oracle.Change;
import dev.freshet.system.oracle.Entry;
import dev.freshet.system.oracle.Held;
import dev.freshet.system.oracle.Image;
import dev.freshet.system.oracle.Oracle;
import dev.freshet.system.oracle.Table;
import dev.freshet.system.oracle.Verdict;
import dev.freshet.system.process.RedisView;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.awaitility.core.ConditionTimeoutException;

/**
 * Plays steps on the database and compares what they did to the cache with what they had to do. An entry that should
 * stand is never filled again before it was found standing, so that a wrong deletion is found however late it comes.
 */
final class Scene {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration QUIET = Duration.ofMillis(300);
    private static final int QUOTED = 25;

    private final String url;
    private final String user;
    private final String password;
    private final RedisView redis;
    private final Oracle oracle;
    private final Random random;

    /** What the cache must hold, as far as the steps before left it settled. */
    private final Map<Entry, Held> model = new HashMap<>();

    private final List<Change> committed = new ArrayList<>();
    private int commits;
    private final Set<Entry> filledInStep = new HashSet<>();
    private Map<Table, List<Image>> contents = new LinkedHashMap<>();
    private int beats;
    private long removed;
    private long renewed;

    Scene(String url, String user, String password, RedisView redis, Oracle oracle, Random random) {
        this.url = url;
        this.user = user;
        this.password = password;
        this.redis = redis;
        this.oracle = oracle;
        this.random = random;
    }

    /** What a step does. */
    interface Step {
        void play(Scene scene) throws SQLException;
    }

    /** The rows as they stood when the step began. */
    List<Image> rows(Table table) {
        return contents.getOrDefault(table, List.of());
    }

    Random random() {
        return random;
    }

    /** How often something was committed since the step began. */
    int commits() {
        return commits;
    }

    Transaction begin() throws SQLException {
        Connection connection = connect();
        connection.setAutoCommit(false);
        return new Transaction(connection, this);
    }

    private Connection connect() throws SQLException {
        Connection connection = DriverManager.getConnection(url, user, password);
        TableReader.prepare(connection);
        return connection;
    }

    /** Fills everything that the tables make, and the decoys, with no regard to what stands there. */
    void fillAll() throws SQLException {
        contents = readAll();
        fill(Decoys.entries(), "decoy");
        fill(entriesOfContents(), "value");
    }

    /**
     * Checks what the first attach flushed: every entry that some cache could hold, and none that is not even like one.
     * Between the two a flush is free to choose; the truncates later are not.
     */
    void checkFlushed() {
        List<Change> all = new ArrayList<>();
        Chinook.TABLES.forEach(table -> all.add(new Change.Emptied(table)));
        all.add(new Change.Emptied(Chinook.BEAT));
        String name = "the flush of the first attach";
        Verdict verdict = oracle.judge(all, model.keySet());
        Map<Entry, Held> now = redis.read();
        report(name, verdict.missing(now));
        model.keySet().removeIf(entry -> !now.containsKey(entry) && oracle.resembles(entry));
        report(name, verdict.excess(model, now));
        model.clear();
        model.putAll(now);
    }

    /** Plays one step and compares. */
    void play(String name, Step step) throws SQLException {
        committed.clear();
        commits = 0;
        filledInStep.clear();
        expectUnchanged("before " + name);
        Set<Entry> missing = new HashSet<>(entriesOfContents());
        missing.addAll(Decoys.entries());
        missing.removeAll(model.keySet());
        fill(missing, "value");

        Map<Table, List<Image>> before = contents;
        step.play(this);
        beat();
        contents = readAll();
        checkThatTheJudgeSawAll(name, before);
        Set<Table> emptied = committed.stream()
                .filter(Change.Emptied.class::isInstance)
                .map(Change::table)
                .collect(Collectors.toSet());
        compare(name, oracle.judge(committed, model.keySet()), emptied);
        if (oracle.sweeps(committed)) {
            // A sweep runs beside the stream, and one that was asked for meanwhile follows it.
            stand(QUIET, "after the sweeps of " + name);
        }
    }

    /**
     * A table's file is another after a truncate, as after what the log does not tell; so its caches are flushed once more,
     * a moment later. The first heartbeat after the commit looks at the files: the flush is over when the second is reached.
     */
    private void awaitSecondFlush() throws SQLException {
        watermarkAfter(watermarkAfter(sourceMicros()));
    }

    private long sourceMicros() throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet row =
                        statement.executeQuery("SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint")) {
            row.next();
            return row.getLong(1);
        }
    }

    /** Waits until the watermark is newer; in microseconds by the source's clock. */
    private long watermarkAfter(long micros) {
        String key = "freshet:watermark:" + ChinookIT.DATABASE;
        await("a watermark").atMost(PATIENCE).until(() -> watermark(key) > micros);
        return watermark(key);
    }

    private long watermark(String key) {
        return Long.parseLong(
                Optional.ofNullable(redis.commands().hget(key, "source_ts_us")).orElse("0"));
    }

    /** Fails where an entry goes that should stand, for as long as given. */
    void stand(Duration time, String when) {
        long deadline = System.nanoTime() + time.toNanos();
        await().atMost(time.plus(PATIENCE)).pollInterval(Duration.ofMillis(50)).until(() -> {
            expectUnchanged(when);
            return System.nanoTime() > deadline;
        });
    }

    private void expectUnchanged(String when) {
        Set<Entry> now = redis.entries();
        List<String> problems = new ArrayList<>();
        model.keySet().stream()
                .filter(entry -> !now.contains(entry))
                .forEach(entry -> problems.add("wrong: " + entry + " went, though nothing behind it changed"));
        now.stream()
                .filter(entry -> !model.containsKey(entry))
                .forEach(entry -> problems.add("wrong: " + entry + " appeared"));
        report(when, problems);
    }

    private void beat() throws SQLException {
        Transaction last = begin();
        last.run(Chinook.BEAT, "INSERT INTO beat (id) VALUES (" + ++beats + ")");
        last.commit();
    }

    /** @param emptied what looks like an entry of these tables may go once more than their truncate asks for */
    private void compare(String name, Verdict strict, Set<Table> emptied) throws SQLException {
        Verdict verdict = strict.leavingFree(entry -> oracle.resembles(entry, emptied));
        try {
            await().atMost(PATIENCE)
                    .pollInterval(Duration.ofMillis(15))
                    .until(() -> redis.standing(verdict.gone()) == 0);
            await().atMost(PATIENCE)
                    .pollInterval(Duration.ofMillis(15))
                    .until(() -> verdict.missing(redis.read(verdict.renewed())).isEmpty());
        } catch (ConditionTimeoutException e) {
            report(name, verdict.missing(redis.read()));
        }
        if (!emptied.isEmpty()) {
            awaitSecondFlush();
        }
        Map<Entry, Held> now = redis.read();
        report(name, verdict.missing(now));
        report(name, verdict.excess(model, now));
        for (Entry entry : verdict.renewed()) {
            long ttl = redis.ttl(entry.key());
            if (now.containsKey(entry) && (ttl <= 0 || ttl > 3_600_000)) {
                report(name, List.of(entry + " was renewed to live " + ttl + " ms, not an hour"));
            }
        }
        removed += verdict.gone().size();
        renewed += verdict.renewed().size();
        model.clear();
        model.putAll(now);
    }

    private static void report(String name, List<String> problems) {
        if (!problems.isEmpty()) {
            throw new AssertionError("step \"" + name + "\": " + problems.size() + " problems, of them:\n  "
                    + String.join("\n  ", problems.subList(0, Math.min(QUOTED, problems.size()))));
        }
    }

    /** The statements' own changes must account for every difference of the contents. */
    private void checkThatTheJudgeSawAll(String name, Map<Table, List<Image>> before) {
        Set<Table> emptied = new HashSet<>();
        Set<Image> seen = new HashSet<>();
        for (Change change : committed) {
            if (change instanceof Change.Row row) {
                row.before().ifPresent(seen::add);
                row.after().ifPresent(seen::add);
            } else {
                emptied.add(change.table());
            }
        }
        for (Table table : Chinook.TABLES) {
            Set<Image> then = new HashSet<>(before.getOrDefault(table, List.of()));
            Set<Image> now = new HashSet<>(rows(table));
            Set<Image> came = new HashSet<>(now);
            came.removeAll(then);
            Set<Image> went = new HashSet<>(then);
            went.removeAll(now);
            if (!seen.containsAll(came) || (!emptied.contains(table) && !seen.containsAll(went))) {
                throw new IllegalStateException("step \"" + name + "\" changed " + table.name() + " unnoticed");
            }
        }
    }

    /** Fills what the changes touch, once a step, always before their commit; and what was undone, to be left alone. */
    void beforeCommit(List<Change> changes, List<Change> undone) {
        Map<Entry, Cache> touched = new HashMap<>(entries(undone));
        touched.putAll(entries(changes));
        touched.keySet().removeAll(filledInStep);
        filledInStep.addAll(touched.keySet());
        Set<Entry> fill = new HashSet<>();
        touched.forEach((entry, cache) -> {
            // What was refreshed earlier is sometimes left and sometimes overwritten by something older.
            if (!model.containsKey(entry) || (cache.isRefresh() && random.nextBoolean())) {
                fill.add(entry);
            }
        });
        fill(fill, "stale");
    }

    void committed(List<Change> changes) {
        committed.addAll(changes);
        commits++;
    }

    private Map<Entry, Cache> entries(Collection<Change> changes) {
        Map<Entry, Cache> entries = new HashMap<>();
        for (Change change : changes) {
            if (change instanceof Change.Row row) {
                row.before().ifPresent(image -> entries.putAll(oracle.entries(row.table(), image)));
                row.after().ifPresent(image -> entries.putAll(oracle.entries(row.table(), image)));
            }
        }
        return entries;
    }

    private Set<Entry> entriesOfContents() {
        Set<Entry> entries = new HashSet<>();
        contents.forEach((table, images) -> images.forEach(
                image -> entries.addAll(oracle.entries(table, image).keySet())));
        return entries;
    }

    private void fill(Collection<Entry> entries, String value) {
        redis.fill(entries, value);
        entries.forEach(entry -> model.put(entry, new Held.Text(value)));
    }

    private Map<Table, List<Image>> readAll() throws SQLException {
        Map<Table, List<Image>> all = new LinkedHashMap<>();
        try (Connection connection = connect()) {
            for (Table table : Chinook.TABLES) {
                all.put(table, TableReader.read(connection, table));
            }
            all.put(Chinook.BEAT, TableReader.read(connection, Chinook.BEAT));
        }
        return all;
    }

    @Override
    public String toString() {
        return removed + " entries had to go and went, " + renewed + " had to be renewed and were, " + model.size()
                + " stand";
    }
}
