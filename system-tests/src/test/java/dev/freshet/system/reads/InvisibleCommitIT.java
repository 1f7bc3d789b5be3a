package dev.freshet.system.reads;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.freshet.client.FreshCache;
import dev.freshet.client.SnapshotSource;
import dev.freshet.model.Snapshot;
import dev.freshet.stack.EmbeddedStack;
import dev.freshet.stack.PostgresServer;
import dev.freshet.system.process.RedisUsers;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * PostgreSQL streams a commit before others see it, here for as long as the test likes: the commit waits for a standby that
 * is not there. What a reader loads meanwhile is old, though the invalidation is behind it.
 */
class InvisibleCommitIT {

    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final Duration WINDOW = Duration.ofSeconds(6);

    /** Has seen every transaction there will be here. */
    private static final Snapshot ALL = Snapshot.parse("9000000000:9000000000:");

    private static EmbeddedStack own;
    private static Pipeline pipeline;
    private static PGSimpleDataSource source;
    private static RedisClient client;
    private static RedisClient reading;
    private static RedisCommands<String, String> redis;

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private FreshCache cache = cache(InvisibleCommitIT::look);
    private long row = 1;
    private long version = 1;

    @BeforeAll
    static void start(@TempDir Path directory) throws SQLException {
        client = RedisClient.create(EmbeddedStack.shared().redis().url());
        reading = RedisClient.create(
                RedisUsers.ofApplication(EmbeddedStack.shared().redis().url(), "invisible_reader", "row:*"));
        redis = client.connect().sync();
        redis.flushall();
        own = EmbeddedStack.builder().postgres().start();
        PostgresServer postgres = own.postgres();
        pipeline = Pipeline.start(
                postgres,
                "invisible",
                directory,
                WINDOW.toSeconds() + "s",
                Map.of("row", Map.of("table", "public.row", "key", "row:{id}")),
                "CREATE TABLE row (id bigint PRIMARY KEY, version bigint NOT NULL)",
                "ALTER TABLE row REPLICA IDENTITY FULL",
                "INSERT INTO row VALUES (1, 1), (2, 1)");
        source = new PGSimpleDataSource();
        source.setUrl(postgres.jdbcUrl("invisible"));
        source.setUser(postgres.user());
        source.setPassword(postgres.password());
        awaitFills();
    }

    /** The flush of the first attach refuses all fills for a window. */
    private static void awaitFills() {
        await().atMost(PATIENCE)
                .until(() -> redis.keys("freshet:pattern:*").stream().noneMatch(fence -> redis.exists(fence) > 0));
    }

    @AfterAll
    static void end() throws SQLException {
        pipeline.close();
        own.close();
        client.shutdown();
        reading.shutdown();
    }

    @AfterEach
    void release() throws SQLException {
        cache.close();
        commitsWaitFor("");
    }

    @Test
    void theOldRowIsNotLeftInTheCacheWhileTheCommitIsInvisible() throws Exception {
        assertThat(read()).isEqualTo(version);
        assertThat(cached()).as("before the change").isEqualTo(Optional.of(version));

        try (Hanging commit = hang()) {
            // Longer than a fence lives: the writer has to renew it.
            for (int renewal = 0; renewal < 3; renewal++) {
                long before = redis.pttl(fence());
                await().atMost(PATIENCE).pollInterval(Duration.ofMillis(20)).until(() -> {
                    assertThat(read()).as("what can be seen").isEqualTo(version);
                    assertThat(cached()).as("left behind by a read").isEmpty();
                    return redis.pttl(fence()) > before;
                });
                await().atMost(PATIENCE).until(() -> redis.pttl(fence()) < WINDOW.toMillis() * 4 / 5);
            }
            assertThat(fills("refused_fence")).isPositive();
            assertThat(fills("stored")).as("only before the change").isEqualTo(1);
            commit.end();
        }

        assertThat(read()).as("once it is visible").isEqualTo(version + 1);
        await().atMost(PATIENCE).until(() -> read() == version + 1 && cached().equals(Optional.of(version + 1)));
    }

    /** The same reader with everything but the fence's check: so the test above can fail. */
    @Test
    void aFillByLeaseAloneLeavesTheOldRow() throws Exception {
        cache.close();
        cache = cache(() -> Optional.of(ALL));
        row = 2;

        try (Hanging commit = hang()) {
            assertThat(read()).isEqualTo(version);
            assertThat(cached()).as("stored, after the invalidation").isEqualTo(Optional.of(version));
            commit.end();
        }

        assertThat(cached()).as("still there when all can see the change").isEqualTo(Optional.of(version));
        assertThat(read()).isEqualTo(version);
        assertThat(inDatabase()).isEqualTo(version + 1);
    }

    private static Optional<Snapshot> look() throws Exception {
        return SnapshotSource.of(source).take();
    }

    private FreshCache cache(SnapshotSource snapshots) {
        return FreshCache.builder(reading, snapshots)
                .fenceWindow(WINDOW)
                .leaseLife(WINDOW.dividedBy(2))
                .commandTimeout(Duration.ofSeconds(10))
                .meters(meters)
                .build();
    }

    private String key() {
        return "row:" + row;
    }

    private String fence() {
        return "freshet:fence:{" + key() + "}:" + key();
    }

    /** Through the cache. */
    private long read() throws SQLException {
        return cache.<Long, SQLException>get(key(), Long.class, () -> Optional.of(inDatabase()))
                .orElseThrow();
    }

    private Optional<Long> cached() {
        return Optional.ofNullable(redis.get(key())).map(Long::valueOf);
    }

    private double fills(String result) {
        return meters.get("freshet.cache.fills").tag("result", result).counter().count();
    }

    private long inDatabase() throws SQLException {
        return Long.parseLong(query("SELECT version FROM row WHERE id = " + row));
    }

    private static String query(String sql) throws SQLException {
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            return rows.next() ? rows.getString(1) : "";
        }
    }

    /** A commit that is in the log, and that nobody sees. */
    private static final class Hanging implements AutoCloseable {
        private final Connection connection;
        private final CompletableFuture<Void> committed;

        Hanging(Connection connection, CompletableFuture<Void> committed) {
            this.connection = connection;
            this.committed = committed;
        }

        void end() throws SQLException {
            commitsWaitFor("");
            committed
                    .orTimeout(PATIENCE.toSeconds(), java.util.concurrent.TimeUnit.SECONDS)
                    .join();
        }

        @Override
        public void close() throws SQLException {
            commitsWaitFor("");
            connection.close();
        }
    }

    /** Returns when the pipeline has applied the change whose commit hangs. */
    private Hanging hang() throws SQLException {
        commitsWaitFor("absent");
        while (true) {
            Connection connection = source.getConnection();
            connection.setAutoCommit(false);
            try (Statement statement = connection.createStatement();
                    ResultSet told = statement.executeQuery("UPDATE row SET version = version + 1 WHERE id = " + row
                            + " RETURNING pg_current_xact_id()::text, pg_backend_pid()")) {
                told.next();
                String transaction = told.getString(1);
                long backend = told.getLong(2);
                CompletableFuture<Void> committed = CompletableFuture.runAsync(() -> commit(connection));
                await().atMost(PATIENCE)
                        .pollInterval(Duration.ofMillis(5))
                        .until(() -> committed.isDone()
                                || query("SELECT wait_event FROM pg_stat_activity WHERE pid = " + backend)
                                        .equals("SyncRep"));
                await().atMost(PATIENCE)
                        .pollInterval(Duration.ofMillis(1))
                        .until(() -> redis.zscore(fence(), transaction) != null);
                if (!committed.isDone()) {
                    assertThat(inDatabase()).as("nobody sees it").isEqualTo(version);
                    return new Hanging(connection, committed);
                }
            }
            // The setting had not reached the server yet.
            version++;
            connection.close();
        }
    }

    private static void commit(Connection connection) {
        try {
            connection.commit();
        } catch (SQLException e) {
            throw new CompletionException(e);
        }
    }

    private static void commitsWaitFor(String standby) throws SQLException {
        Pipeline.execute(
                own.postgres(),
                "postgres",
                "ALTER SYSTEM SET synchronous_standby_names = '" + standby + "'",
                "SELECT pg_reload_conf()");
    }
}
