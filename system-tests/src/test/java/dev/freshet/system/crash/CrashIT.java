package dev.freshet.system.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.freshet.stack.EmbeddedStack;
import dev.freshet.stack.PostgresServer;
import dev.freshet.system.oracle.Entry;
import dev.freshet.system.process.ConfigText;
import dev.freshet.system.process.RedisView;
import dev.freshet.system.process.SetUp;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * No invalidation is lost when listener or writer is killed. Each of {@code -Dfreshet.crash.rounds=N} rounds plays two
 * crash points, drawn by the seed; {@code -Dfreshet.crash.points=N} plays N of them, {@code -Dfreshet.crash.point=NAME}
 * only that one; {@code -Dfreshet.crash.seed=N} plays again what a run printed, as far as time allows.
 */
class CrashIT {

    private static final String DATABASE = "crash";
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    @Test
    void noKeyIsLostWhereverAProcessIsKilled(@TempDir Path directory) throws SQLException {
        long seed = Long.getLong("freshet.crash.seed", System.nanoTime() & 0xffffff);
        int rounds = Integer.getInteger("freshet.crash.rounds", 1);
        System.out.println("CrashIT: -Dfreshet.crash.seed=" + seed + " -Dfreshet.crash.rounds=" + rounds);
        Random random = new Random(seed);
        PostgresServer postgres = EmbeddedStack.shared().postgres();
        execute(postgres, "postgres", "CREATE DATABASE " + DATABASE);
        try (Connection loading = connect(postgres, DATABASE);
                Connection observing = connect(postgres, DATABASE);
                RedisView redis = new RedisView(EmbeddedStack.shared().redis().url(), Set.of())) {
            redis.commands().flushall();
            Load load = new Load(loading, redis, random, 100_000 + rounds * 60_000);
            Path config = SetUp.run(postgres, DATABASE, ConfigText.write(directory, config(postgres)));
            try (CrashStage stage = new CrashStage(
                    EmbeddedStack.shared(), observing, DATABASE, redis, load, random, directory, config)) {
                stage.awaitReady();
                List<Entry> decoys = load.fillDecoys();
                for (CrashPoint point : order(rounds, random)) {
                    long began = System.nanoTime();
                    playTold(point, stage, seed);
                    awaitAllGone(load, point + " of seed " + seed, stage);
                    assertThat(redis.standing(decoys))
                            .as("what nobody changed still stands after " + point + " of seed " + seed
                                    + stage.lastWords())
                            .isEqualTo(decoys.size());
                    System.out.println("CrashIT: " + point + " "
                            + Duration.ofNanos(System.nanoTime() - began).toMillis() + " ms, "
                            + load.keys() + " keys so far");
                }
            }
        } finally {
            dropSlot(postgres);
            execute(postgres, "postgres", "DROP DATABASE " + DATABASE + " WITH (FORCE)");
        }
    }

    private static List<CrashPoint> order(int rounds, Random random) {
        List<CrashPoint> order = new ArrayList<>();
        String one = System.getProperty("freshet.crash.point", "");
        int perRound = Integer.getInteger("freshet.crash.points", 2);
        for (int round = 0; round < rounds; round++) {
            List<CrashPoint> points =
                    new ArrayList<>(one.isEmpty() ? List.of(CrashPoint.values()) : List.of(CrashPoint.valueOf(one)));
            Collections.shuffle(points, random);
            order.addAll(points.subList(0, Math.min(points.size(), perRound)));
        }
        return order;
    }

    private static void playTold(CrashPoint point, CrashStage stage, long seed) throws SQLException {
        try {
            point.play(stage);
            stage.resumeAll();
            stage.awaitReady();
        } catch (ConditionTimeoutException e) {
            throw new AssertionError(point + " of seed " + seed + " was not reached" + stage.lastWords(), e);
        } finally {
            stage.resumeAll();
        }
    }

    private static void awaitAllGone(Load load, String when, CrashStage stage) {
        try {
            await().atMost(PATIENCE)
                    .pollInterval(Duration.ofMillis(50))
                    .until(() -> load.standing().isEmpty());
        } catch (ConditionTimeoutException e) {
            List<Entry> lost = load.standing();
            throw new AssertionError(
                    "after " + when + " " + lost.size() + " keys of changed rows still stand, such as "
                            + lost.subList(0, Math.min(5, lost.size())) + stage.lastWords(),
                    e);
        }
    }

    private static Map<String, Object> config(PostgresServer postgres) {
        return Map.of(
                "pipeline",
                DATABASE,
                "postgres",
                SetUp.login(postgres.jdbcUrl(DATABASE)),
                "kafka",
                Map.of(
                        "bootstrap-servers",
                        EmbeddedStack.shared().kafka().bootstrapServers(),
                        "topics",
                        Map.of("partitions", 3, "replication", 1)),
                "redis",
                Map.of("url", EmbeddedStack.shared().redis().url()),
                "listener",
                Map.of("http", "127.0.0.1:0"),
                "writer",
                Map.of("http", "127.0.0.1:0"),
                "caches",
                Map.of(
                        "item",
                        Map.of("table", "public.item", "key", "item:{id}"),
                        "group",
                        Map.of("table", "public.item", "key", "grp:{grp}"),
                        "note",
                        Map.of("table", "public.note", "key", "note:{id}")));
    }

    private static void dropSlot(PostgresServer postgres) throws SQLException {
        execute(
                postgres,
                DATABASE,
                "SELECT pg_terminate_backend(active_pid, 10000) FROM pg_replication_slots WHERE active;"
                        + " SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = '"
                        + DATABASE
                        + "'");
    }

    private static Connection connect(PostgresServer postgres, String database) throws SQLException {
        return DriverManager.getConnection(postgres.jdbcUrl(database), postgres.user(), postgres.password());
    }

    private static void execute(PostgresServer postgres, String database, String sql) throws SQLException {
        try (Connection connection = connect(postgres, database);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
