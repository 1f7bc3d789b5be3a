package dev.freshet.system.chinook;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.stack.EmbeddedStack;
import dev.freshet.stack.PostgresServer;
import dev.freshet.system.oracle.Cache;
import dev.freshet.system.oracle.Oracle;
import dev.freshet.system.process.ConfigText;
import dev.freshet.system.process.Freshet;
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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Exactly the keys that had to go. {@code -Dfreshet.chinook.seed=N} plays again what a run printed;
 * {@code -Dfreshet.chinook.rounds=N} plays the steps more than once.
 */
class ChinookIT {

    static final String DATABASE = "chinook";

    @Test
    void exactlyTheKeysOfChangedRowsGo(@TempDir Path directory) throws SQLException {
        long seed = Long.getLong("freshet.chinook.seed", System.nanoTime() & 0xffffff);
        System.out.println("ChinookIT: -Dfreshet.chinook.seed=" + seed);
        Random random = new Random(seed);
        PostgresServer postgres = EmbeddedStack.shared().postgres();
        execute(postgres, "postgres", "CREATE DATABASE " + DATABASE);
        List<Cache> caches = Chinook.caches();
        try (Connection connection = connect(postgres, DATABASE);
                RedisView redis = new RedisView(EmbeddedStack.shared().redis().url(), hashes(caches))) {
            TableReader.prepare(connection);
            System.out.println("ChinookIT: " + ChinookData.load(connection, random));
            redis.commands().flushall();
            RowMaker maker = new RowMaker(connection, random);
            ChinookData.fillUp(connection, maker);
            Play play = new Play(maker);
            Scene scene = new Scene(
                    postgres.jdbcUrl(DATABASE),
                    postgres.user(),
                    postgres.password(),
                    redis,
                    new Oracle(caches),
                    random);
            scene.fillAll();
            Path file = SetUp.run(postgres, DATABASE, ConfigText.write(directory, config(postgres, caches)));
            try (Freshet run = Freshet.start(directory, "run", "--config", file.toString())) {
                run.awaitReady(Duration.ofMinutes(3));
                try {
                    scene.checkFlushed();
                    play(scene, play, random);
                } catch (AssertionError e) {
                    throw new AssertionError(e.getMessage() + "\nseed " + seed + run.lastWords(), e);
                }
                assertThat(run.isAlive()).isTrue();
            }
            System.out.println("ChinookIT: " + scene);
        } finally {
            dropSlot(postgres);
            execute(postgres, "postgres", "DROP DATABASE " + DATABASE + " WITH (FORCE)");
        }
    }

    private static void play(Scene scene, Play play, Random random) throws SQLException {
        for (int round = 0; round < Integer.getInteger("freshet.chinook.rounds", 1); round++) {
            playAll(scene, play.steps(), random);
        }
        playAll(scene, play.truncates(), random);
        scene.play("what works on empty tables", play::multiRowInserts);
        scene.stand(Duration.ofSeconds(1), "at the end");
    }

    private static void playAll(Scene scene, Map<String, Scene.Step> steps, Random random) throws SQLException {
        List<Map.Entry<String, Scene.Step>> order = new ArrayList<>(steps.entrySet());
        Collections.shuffle(order, random);
        for (Map.Entry<String, Scene.Step> step : order) {
            scene.play(step.getKey(), step.getValue());
        }
    }

    private static java.util.Set<String> hashes(List<Cache> caches) {
        return caches.stream().map(Cache::hash).flatMap(Optional::stream).collect(Collectors.toSet());
    }

    private static Map<String, Object> config(PostgresServer postgres, List<Cache> caches) {
        Map<String, Object> named = new LinkedHashMap<>();
        caches.forEach(cache -> named.put(cache.name(), cache.yaml("public")));
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
                // After a truncate the watermark waits for half of it.
                Map.of("http", "127.0.0.1:0", "fence-window", "4s"),
                "caches",
                named);
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
