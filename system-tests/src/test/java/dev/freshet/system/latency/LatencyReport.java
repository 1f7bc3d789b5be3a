package dev.freshet.system.latency;

import dev.freshet.stack.EmbeddedStack;
import dev.freshet.stack.PostgresServer;
import dev.freshet.system.process.ConfigText;
import dev.freshet.system.process.Freshet;
import dev.freshet.system.process.SetUp;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Measures, with default settings, the time from a commit's return to the key's end as Redis itself announces it, at a
 * steady rate of single-row updates, and the processor time of {@code run} and of its broker while nothing happens.
 * Prints; judges nothing. Negative times, where Redis was faster than the commit's return, count as zero.
 *
 * <pre>
 * mvn -q -o -Dquick test-compile -pl system-tests -am
 * mvn -q -o -Dquick dependency:build-classpath -Dmdep.outputFile=target/classpath -pl system-tests
 * java -cp ... dev.freshet.system.latency.LatencyReport [commits a second] [seconds] [idle seconds]
 * </pre>
 */
public final class LatencyReport {

    private static final int ROWS = 100_000;
    private static final int WARM_UP_SECONDS = 10;

    private final Map<String, Long> gone = new ConcurrentHashMap<>();

    private LatencyReport() {}

    public static void main(String[] arguments) throws Exception {
        int rate = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 200;
        int seconds = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 30;
        int idle = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 30;
        new LatencyReport().measure(rate, seconds, idle);
        System.exit(0);
    }

    private void measure(int rate, int seconds, int idle) throws IOException, SQLException, InterruptedException {
        Path directory = Files.createTempDirectory("latency");
        try (EmbeddedStack servers =
                        EmbeddedStack.builder().postgres().redis().fsync(true).start();
                Connection connection = connect(servers.postgres());
                RedisClient client = RedisClient.create(servers.redis().url())) {
            makeTable(connection);
            Path config =
                    SetUp.run(servers.postgres(), "postgres", ConfigText.write(directory, config(servers, directory)));
            try (Freshet run = Freshet.launch(directory, "run", command(config), Map.of())) {
                run.awaitReady(Duration.ofSeconds(90));
                RedisCommands<String, String> redis = client.connect().sync();
                redis.configSet("notify-keyspace-events", "Eg");
                listenForEnds(client);
                System.out.println("warm-up, " + WARM_UP_SECONDS + " s");
                play(connection, redis, rate, WARM_UP_SECONDS, 0);
                System.out.println(rate + " commits/s for " + seconds + " s");
                report(play(connection, redis, rate, seconds, WARM_UP_SECONDS * rate));
                reportIdle(run, idle);
            }
        }
    }

    private static List<String> command(Path config) {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "dev.freshet.cli.Main",
                "run",
                "--config",
                config.toString());
    }

    private static Map<String, Object> config(EmbeddedStack servers, Path directory) {
        PostgresServer postgres = servers.postgres();
        return Map.of(
                "pipeline",
                "latency",
                "postgres",
                SetUp.login(postgres.jdbcUrl("postgres")),
                "kafka",
                Map.of("data-dir", directory.resolve("kafka").toString()),
                "redis",
                Map.of("url", servers.redis().url()),
                "listener",
                Map.of("http", "127.0.0.1:0"),
                "writer",
                Map.of("http", "127.0.0.1:0"),
                "caches",
                Map.of("item", Map.of("table", "public.item", "key", "item:{id}")));
    }

    private static Connection connect(PostgresServer postgres) throws SQLException {
        return DriverManager.getConnection(postgres.jdbcUrl("postgres"), postgres.user(), postgres.password());
    }

    private static void makeTable(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE item (id int PRIMARY KEY, txt text, n int NOT NULL DEFAULT 0)");
            statement.execute("INSERT INTO item SELECT g, repeat('x', 100) FROM generate_series(1, " + ROWS + ") g");
            statement.execute("VACUUM ANALYZE item");
        }
    }

    private void listenForEnds(RedisClient client) {
        StatefulRedisPubSubConnection<String, String> connection = client.connectPubSub();
        connection.addListener(new RedisPubSubAdapter<>() {
            @Override
            public void message(String channel, String key) {
                gone.putIfAbsent(key, System.nanoTime());
            }
        });
        connection.sync().subscribe("__keyevent@0__:del");
    }

    private long[] play(Connection connection, RedisCommands<String, String> redis, int rate, int seconds, int firstRow)
            throws SQLException, InterruptedException {
        int count = rate * seconds;
        long[] committed = new long[count];
        long began = System.nanoTime();
        try (PreparedStatement update = connection.prepareStatement("UPDATE item SET n = n + 1 WHERE id = ?")) {
            for (int i = 0; i < count; i++) {
                long due = began + i * (1_000_000_000L / rate);
                while (System.nanoTime() < due) {
                    LockSupport.parkNanos(due - System.nanoTime());
                }
                redis.set("item:" + (firstRow + i + 1), "value");
                update.setInt(1, firstRow + i + 1);
                update.executeUpdate();
                committed[i] = System.nanoTime();
            }
        }
        new CountDownLatch(1).await(2, TimeUnit.SECONDS);
        long[] latencies = new long[count];
        for (int i = 0; i < count; i++) {
            Long end = gone.get("item:" + (firstRow + i + 1));
            latencies[i] = end == null ? Long.MAX_VALUE : Math.max(0, end - committed[i]);
        }
        Arrays.sort(latencies);
        return latencies;
    }

    private static void report(long[] sorted) {
        long lost =
                Arrays.stream(sorted).filter(nanos -> nanos == Long.MAX_VALUE).count();
        System.out.printf(
                Locale.ROOT,
                "commit to key gone: p50 %.2f ms, p90 %.2f ms, p99 %.2f ms, p99.9 %.2f ms, max %.2f ms; of %d, %d never%n",
                percentile(sorted, 0.5),
                percentile(sorted, 0.9),
                percentile(sorted, 0.99),
                percentile(sorted, 0.999),
                percentile(sorted, 1),
                sorted.length,
                lost);
    }

    private static double percentile(long[] sorted, double part) {
        return sorted[(int) Math.min(sorted.length - 1L, Math.round(part * (sorted.length - 1)))] / 1e6;
    }

    private static void reportIdle(Freshet run, int seconds) throws InterruptedException {
        List<ProcessHandle> children = run.process().descendants().toList();
        Duration before = cpu(run.process().toHandle());
        Duration childrenBefore = children.stream().map(LatencyReport::cpu).reduce(Duration.ZERO, Duration::plus);
        new CountDownLatch(1).await(seconds, TimeUnit.SECONDS);
        Duration after = cpu(run.process().toHandle());
        Duration childrenAfter = children.stream().map(LatencyReport::cpu).reduce(Duration.ZERO, Duration::plus);
        System.out.printf(
                Locale.ROOT,
                "idle for %d s: run %.1f %% of a core, its broker %.1f %%%n",
                seconds,
                100.0 * after.minus(before).toMillis() / (seconds * 1000.0),
                100.0 * childrenAfter.minus(childrenBefore).toMillis() / (seconds * 1000.0));
    }

    private static Duration cpu(ProcessHandle process) {
        return process.info().totalCpuDuration().orElse(Duration.ZERO);
    }
}
