package dev.freshet.demo;

import com.fasterxml.jackson.databind.JsonNode;
import dev.freshet.demo.api.Json;
import dev.freshet.demo.shop.DatabaseException;
import dev.freshet.redis.PlainCache;
import dev.freshet.redis.PlainCache.Entry;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import javax.sql.DataSource;

/**
 * Plays a script against a running pipeline and judges, from the keyspace and the API's answers alone, whether exactly
 * what was expected happened. Confined to one thread; nobody else may use the cache meanwhile.
 */
final class Scene {

    /**
     * What came of a change.
     *
     * @param after how long after the commit had returned each expected thing was seen to have happened
     * @param faults empty: everything expected happened, and nothing else
     */
    record Outcome(Change change, Map<Entry, Duration> after, List<String> faults) {
        Outcome {
            after = new TreeMap<>(after);
            faults = List.copyOf(faults);
        }
    }

    /** The pipeline's own keys. */
    private static final String AUXILIARY = "freshet:";

    private static final int REHEARSALS = 30;
    private static final Duration PAUSE = Duration.ofNanos(100_000);
    private static final Duration BYSTANDERS_LIVE = Duration.ofHours(1);

    private final DataSource database;
    private final Reader reader;
    private final PlainCache cache;
    private final Duration patience;
    private final Duration quiet;

    /**
     * @param patience how long what is expected may take
     * @param quiet how long to go on watching for what is not expected
     */
    Scene(DataSource database, Reader reader, PlainCache cache, Duration patience, Duration quiet) {
        this.database = database;
        this.reader = reader;
        this.cache = cache;
        this.patience = patience;
        this.quiet = quiet;
    }

    List<Outcome> play(Script script) {
        script.bystanders().forEach((entry, value) -> cache.set(entry, value, BYSTANDERS_LIVE));
        return script.changes().stream()
                .map(change -> play(script.reads(), change))
                .toList();
    }

    /**
     * Makes a change over and over, so that what is seen afterwards is a pipeline at work and not a JVM that loads its
     * classes.
     *
     * @throws PipelineException where the change does not reach the cache
     */
    void rehearse(Change change) {
        for (int i = 0; i < REHEARSALS; i++) {
            change.alsoRead().forEach(reader::get);
            List<String> faults = new ArrayList<>();
            await(change, run(change), faults);
            if (!faults.isEmpty()) {
                throw new PipelineException("a change did not reach the cache: " + faults.get(0));
            }
        }
    }

    private Outcome play(List<String> reads, Change change) {
        List<String> faults = new ArrayList<>();
        Stream.concat(reads.stream(), change.alsoRead().stream()).forEach(path -> {
            Reader.Reply reply = reader.get(path);
            if (reply.status() != 200) {
                faults.add("GET " + path + " said " + reply.status() + " before the change");
            }
        });
        Map<Entry, String> before = keyspace();
        for (Entry entry : new TreeSet<>(change.gone())) {
            if (!before.containsKey(entry)) {
                faults.add(entry + " was not in the cache, so it cannot be seen to go");
            }
        }
        long committed = run(change);
        Map<Entry, Duration> after = await(change, committed, faults);
        park(quiet);
        compare(change, before, keyspace(), faults);
        change.rereads().forEach(reread -> check(reread, faults));
        return new Outcome(change, after, faults);
    }

    private Map<Entry, String> keyspace() {
        return cache.entries(key -> !key.startsWith(AUXILIARY));
    }

    /** Returns when the transaction's end had returned, by {@link System#nanoTime}. */
    private long run(Change change) {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            for (String sql : change.statements()) {
                statement.execute(sql);
            }
            if (change.end() == Change.End.COMMIT) {
                connection.commit();
            } else {
                connection.rollback();
            }
            return System.nanoTime();
        } catch (SQLException e) {
            throw new DatabaseException(e);
        }
    }

    /** Asks nearly without a pause: parts of milliseconds are what is measured. */
    private Map<Entry, Duration> await(Change change, long committed, List<String> faults) {
        Map<Entry, BooleanSupplier> pending = new TreeMap<>();
        change.gone().forEach(entry -> pending.put(entry, () -> !cache.exists(entry)));
        change.stored()
                .forEach((entry, members) -> pending.put(
                        entry,
                        () -> cache.get(entry)
                                .filter(json -> holds(json, members))
                                .isPresent()));
        Map<Entry, Duration> after = new TreeMap<>();
        while (!pending.isEmpty() && System.nanoTime() - committed < patience.toNanos()) {
            pending.entrySet().removeIf(entry -> {
                boolean happened = entry.getValue().getAsBoolean();
                if (happened) {
                    after.put(entry.getKey(), Duration.ofNanos(System.nanoTime() - committed));
                }
                return happened;
            });
            LockSupport.parkNanos(PAUSE.toNanos());
        }
        for (Entry entry : pending.keySet()) {
            faults.add(entry + (change.gone().contains(entry) ? " is still there " : " was not stored ")
                    + patience.toMillis() + " ms after the commit");
        }
        return after;
    }

    private static boolean holds(String json, Map<String, String> members) {
        try {
            JsonNode value = Json.read(json);
            return members.entrySet().stream()
                    .allMatch(member -> value.path(member.getKey()).asText().equals(member.getValue()));
        } catch (UncheckedIOException e) {
            return false;
        }
    }

    private static void compare(Change change, Map<Entry, String> before, Map<Entry, String> now, List<String> faults) {
        before.forEach((entry, value) -> {
            Optional<String> found = Optional.ofNullable(now.get(entry));
            if (found.isEmpty() && !change.gone().contains(entry)) {
                faults.add(entry + " went, and should have stayed");
            }
            if (found.isPresent()
                    && !found.get().equals(value)
                    && !change.stored().containsKey(entry)) {
                faults.add(entry + " has another value, and should have kept its own");
            }
        });
        now.forEach((entry, value) -> {
            if (!before.containsKey(entry) && !change.stored().containsKey(entry)) {
                faults.add(entry + " appeared");
            }
        });
    }

    private void check(Change.Reread reread, List<String> faults) {
        Reader.Reply reply = reader.get(reread.path());
        String seen = reread.view().apply(reply.body());
        if (reply.status() != reread.status() || !seen.equals(reread.expected())) {
            faults.add("GET " + reread.path() + " said " + reply.status() + " and " + seen + ", not " + reread.status()
                    + " and " + reread.expected());
        } else if (reply.status() == 200
                && !reply.source().equals(reread.source().header())) {
            faults.add("GET " + reread.path() + " was a " + reply.source() + ", not a "
                    + reread.source().header());
        }
    }

    private static void park(Duration time) {
        try {
            Thread.sleep(time.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while watching the cache", e);
        }
    }
}
