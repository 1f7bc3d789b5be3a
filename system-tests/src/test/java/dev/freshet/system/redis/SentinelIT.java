package dev.freshet.system.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.freshet.client.FreshCache;
import dev.freshet.client.JdbcLoader;
import dev.freshet.client.SnapshotSource;
import dev.freshet.stack.EmbeddedStack;
import dev.freshet.stack.PostgresServer;
import dev.freshet.stack.RedisServer;
import dev.freshet.system.process.ConfigText;
import dev.freshet.system.process.Freshet;
import dev.freshet.system.process.RedisUsers;
import dev.freshet.system.process.SetUp;
import io.lettuce.core.AclSetuserArgs;
import io.lettuce.core.KillArgs;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * A primary dies under a load of changes and reads, after its replica has lost the connection to it: what was applied since
 * then is gone with it. Later the roles are handed back in good order. Who judges reads the primary and the database.
 */
@Tag("full")
class SentinelIT {

    private static final String PIPELINE = "sentinels";
    private static final String READER = "reader";
    private static final int ITEMS = 200;
    private static final int READERS = 3;
    private static final Duration WINDOW = Duration.ofSeconds(4);
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Pattern VERSION = Pattern.compile("\"version\": ?(\\d+)|^(\\d+)$");

    private final PostgresServer postgres = EmbeddedStack.shared().postgres();
    private final long seed = Long.getLong("freshet.sentinel.seed", System.nanoTime());
    private final Random seeds = new Random(seed);
    private final CountDownLatch ending = new CountDownLatch(1);
    private final AtomicInteger reads = new AtomicInteger();
    private final AtomicInteger failedReads = new AtomicInteger();

    @TempDir
    private Path directory;

    @Test
    void whatAFailoverLosesIsAppliedAgain() throws Exception {
        System.out.println("SentinelIT: -Dfreshet.sentinel.seed=" + seed);
        execute("postgres", "CREATE DATABASE " + PIPELINE);
        execute(
                PIPELINE,
                "CREATE TABLE item (id int PRIMARY KEY, version bigint NOT NULL)",
                "INSERT INTO item SELECT n, 1 FROM generate_series(1, " + ITEMS + ") n");
        try (Sentinels redis = new Sentinels(directory);
                Connection connection = connect(PIPELINE)) {
            play(redis, connection);
        } finally {
            execute(
                    PIPELINE,
                    "SELECT pg_terminate_backend(active_pid, 10000) FROM pg_replication_slots WHERE active",
                    "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = '"
                            + PIPELINE + "'");
            execute("postgres", "DROP DATABASE " + PIPELINE + " WITH (FORCE)");
        }
    }

    private void play(Sentinels redis, Connection connection) throws Exception {
        for (RedisServer server : List.of(redis.first(), redis.second())) {
            ConfigText.write(directory, config(server.url()));
            RedisUsers.ofApplication(server.url(), READER, "item:*");
        }
        Path config = SetUp.run(
                postgres, PIPELINE, ConfigText.write(directory, config(redis.url(PIPELINE, RedisUsers.PASSWORD))));
        try (Freshet run = Freshet.start(directory, "run", "--config", config.toString())
                        .awaitReady(Duration.ofMinutes(3));
                RedisClient client = RedisClient.create(redis.url(READER, RedisUsers.PASSWORD));
                FreshCache cache = FreshCache.builder(client, SnapshotSource.of(source()))
                        .fenceWindow(WINDOW)
                        .leaseLife(WINDOW.dividedBy(2))
                        .build()) {
            List<Thread> readers = readers(cache);
            RedisCommands<String, String> first = redis.to(redis.first());
            RedisCommands<String, String> second = redis.to(redis.second());
            try {
                await("all is cached, on the replica too")
                        .atMost(PATIENCE)
                        .pollInterval(Duration.ofMillis(500))
                        .until(() -> {
                            // For two windows after the flush of the first attach, changes remove what they would
                            // renew.
                            if (second.keys("card:*").size() < ITEMS) {
                                execute(PIPELINE, "UPDATE item SET version = version + 1");
                            }
                            return cached(second) == 2 * ITEMS;
                        });

                // When: the replica is cut off, changes are applied, and the primary goes with them.
                first.aclSetuser("follower", AclSetuserArgs.Builder.off());
                first.clientKill(KillArgs.Builder.typeSlave());
                change(connection, ITEMS);
                await("applied to the primary")
                        .atMost(PATIENCE)
                        .until(() -> old(first, connection).isEmpty());
                redis.first().kill();
                long killed = System.nanoTime();
                Set<String> lost = old(second, connection);
                await("the replica is the primary")
                        .atMost(PATIENCE)
                        .until(() -> redis.primaryPort() == redis.second().port());
                Duration promoted = since(killed);
                change(connection, ITEMS / 4);

                // Then
                await("nothing old stands")
                        .atMost(PATIENCE)
                        .until(() -> old(second, connection).isEmpty());
                System.out.println("SentinelIT: " + lost.size() + " old entries came with the replica, promoted after "
                        + promoted.toMillis() + " ms; all gone or new after "
                        + since(killed).toMillis() + " ms");
                assertThat(lost).as("what the replica had missed").hasSizeGreaterThan(ITEMS / 2);
                assertThat(run.errors()).anyMatch(line -> line.contains("Redis has lost writes"));
                assertThat(run.isAlive()).isTrue();

                // When: the old primary comes back, and is made the primary again, while rows change.
                redis.first().start();
                RedisCommands<String, String> again = redis.to(redis.first());
                await("it follows")
                        .atMost(PATIENCE)
                        .until(() -> again.info("replication").contains("master_link_status:up"));
                await("it may be chosen").atMost(PATIENCE).ignoreExceptions().untilAsserted(redis::failOver);
                while (redis.primaryPort() != redis.first().port()) {
                    change(connection, 1);
                }
                change(connection, ITEMS / 4);

                // Then
                execute(PIPELINE, "UPDATE item SET version = version + 1");
                await("it is used again").atMost(PATIENCE).until(() -> cached(again) >= ITEMS);
                await("nothing old stands")
                        .atMost(PATIENCE)
                        .until(() -> old(again, connection).isEmpty());
                assertThat(run.isAlive()).isTrue();
                System.out.println("SentinelIT: " + reads.get() + " reads, " + failedReads.get() + " of them failed");
                assertThat(failedReads.get()).isZero();
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError(run.lastWords(), e);
            } finally {
                ending.countDown();
                for (Thread reader : readers) {
                    reader.join();
                }
            }
        }
    }

    private static Duration since(long nanos) {
        return Duration.ofNanos(System.nanoTime() - nanos);
    }

    private List<Thread> readers(FreshCache cache) {
        List<Thread> readers = new ArrayList<>();
        for (int i = 0; i < READERS; i++) {
            Random random = new Random(seeds.nextLong());
            Thread reader = new Thread(() -> read(cache, random), "reader " + i);
            reader.start();
            readers.add(reader);
        }
        return readers;
    }

    private void read(FreshCache cache, Random random) {
        DataSource source = source();
        try {
            while (!ending.await(1, TimeUnit.MILLISECONDS)) {
                int id = 1 + random.nextInt(ITEMS);
                try {
                    var unused = cache.get(
                            "item:" + id, Long.class, JdbcLoader.of(source, connection -> version(connection, id)));
                } catch (RuntimeException | SQLException e) {
                    failedReads.incrementAndGet();
                }
                reads.incrementAndGet();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static Optional<Long> version(Connection connection, int id) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT version FROM item WHERE id = " + id)) {
            return row.next() ? Optional.of(row.getLong(1)) : Optional.empty();
        }
    }

    private void change(Connection connection, int times) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (int i = 0; i < times; i++) {
                statement.execute("UPDATE item SET version = version + 1 WHERE id = " + (1 + seeds.nextInt(ITEMS)));
            }
        }
    }

    private static int cached(RedisCommands<String, String> redis) {
        return redis.keys("item:*").size() + redis.keys("card:*").size();
    }

    /** The entries that tell another version than the database does. */
    private static Set<String> old(RedisCommands<String, String> redis, Connection connection) throws SQLException {
        Map<String, String> versions = new HashMap<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT id, version FROM item")) {
            while (rows.next()) {
                versions.put(rows.getString(1), rows.getString(2));
            }
        }
        Set<String> old = new TreeSet<>();
        for (String kind : List.of("item:", "card:")) {
            for (String id : versions.keySet()) {
                String value = redis.get(kind + id);
                if (value != null && !told(value).equals(versions.get(id))) {
                    old.add(kind + id);
                }
            }
        }
        return old;
    }

    private static String told(String value) {
        Matcher version = VERSION.matcher(value);
        if (!version.find()) {
            return value;
        }
        return version.group(1) == null ? version.group(2) : version.group(1);
    }

    private Map<String, Object> config(String redis) {
        return Map.of(
                "pipeline",
                PIPELINE,
                "postgres",
                SetUp.login(postgres.jdbcUrl(PIPELINE)),
                "kafka",
                Map.of(
                        "bootstrap-servers",
                        EmbeddedStack.shared().kafka().bootstrapServers(),
                        "topics",
                        Map.of("partitions", 3, "replication", 1)),
                "redis",
                Map.of("url", redis, "replay-on-failover", "60s"),
                "listener",
                Map.of("http", "127.0.0.1:0"),
                "writer",
                Map.of("http", "127.0.0.1:0", "fence-window", WINDOW.toSeconds() + "s"),
                "caches",
                Map.of(
                        "item",
                        Map.of("table", "public.item", "key", "item:{id}"),
                        "card",
                        Map.of(
                                "table",
                                "public.item",
                                "key",
                                "card:{id}",
                                "on-change",
                                "refresh",
                                "value",
                                Map.of("format", "json", "columns", List.of("id", "version")))));
    }

    private DataSource source() {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(postgres.jdbcUrl(PIPELINE));
        source.setUser(postgres.user());
        source.setPassword(postgres.password());
        return source;
    }

    private Connection connect(String database) throws SQLException {
        return DriverManager.getConnection(postgres.jdbcUrl(database), postgres.user(), postgres.password());
    }

    private void execute(String database, String... sql) throws SQLException {
        try (Connection connection = connect(database);
                Statement statement = connection.createStatement()) {
            for (String one : sql) {
                statement.execute(one);
            }
        }
    }
}
