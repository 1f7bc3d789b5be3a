package dev.freshet.system.attach;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.freshet.stack.EmbeddedStack;
import dev.freshet.stack.PostgresServer;
import dev.freshet.system.process.ConfigText;
import dev.freshet.system.process.Freshet;
import dev.freshet.system.process.RedisView;
import dev.freshet.system.process.SetUp;
import dev.freshet.system.process.Signals;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a killed process leaves is gone after the next start. */
class StrayIT {

    private static final Duration PATIENCE = Duration.ofMinutes(3);

    @Test
    @Tag("full")
    void theNextStackEndsTheServersOfAKilledOne(@TempDir Path directory) {
        try (Freshet first = holder(directory)) {
            first.awaitReady(PATIENCE);
            List<ProcessHandle> servers = first.process().descendants().toList();
            long redis = Long.parseLong(first.address("redis").orElseThrow());
            assertThat(servers.stream().map(ProcessHandle::pid)).contains(redis);
            assertThat(servers).allMatch(ProcessHandle::isAlive).hasSizeGreaterThanOrEqualTo(3);

            // A process that stands still does not hear the signal that Linux sends when its parent dies.
            Signals.suspend(redis);
            first.kill();
            assertThat(ProcessHandle.of(redis)).as("a stray").get().matches(ProcessHandle::isAlive);

            try (Freshet second = holder(directory)) {
                second.awaitReady(PATIENCE);
                await().atMost(PATIENCE).until(() -> servers.stream().noneMatch(StrayIT::runs));
            }
        }
    }

    private static Freshet holder(Path directory) {
        return Freshet.launch(
                directory,
                "holder",
                List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Dfreshet.stack.home=" + directory.resolve("stack"),
                        "-cp",
                        System.getProperty("java.class.path"),
                        StackHolder.class.getName()),
                Map.of());
    }

    @Test
    void aKilledRunLeavesNoBrokerAfterTheNextRunWhichGoesOnWhereItEnded(@TempDir Path directory) throws SQLException {
        PostgresServer postgres = EmbeddedStack.shared().postgres();
        execute(postgres, "postgres", "CREATE DATABASE stray");
        try (RedisView redis = new RedisView(EmbeddedStack.shared().redis().url(), Set.of())) {
            execute(postgres, "stray", "CREATE TABLE thing (id int PRIMARY KEY)");
            String config = SetUp.run(postgres, "stray", ConfigText.write(directory, config(postgres, directory)))
                    .toString();
            List<ProcessHandle> broker;
            try (Freshet run = Freshet.start(directory, "run", "--config", config)) {
                run.awaitReady(PATIENCE);
                broker = run.process().descendants().toList();
                assertThat(broker).as("the broker of its own").isNotEmpty();
                run.kill();
            }
            redis.commands().set("thing:1", "stale");
            redis.commands().set("thing:2", "value");
            execute(postgres, "stray", "INSERT INTO thing VALUES (1)");

            try (Freshet again = Freshet.start(directory, "run", "--config", config)) {
                again.awaitReady(PATIENCE);
                List<ProcessHandle> left = broker;
                assertThat(left).noneMatch(StrayIT::runs);
                await().atMost(PATIENCE).until(() -> redis.commands().exists("thing:1") == 0);
                assertThat(redis.commands().get("thing:2")).isEqualTo("value");
                assertThat(again.terminate(PATIENCE)).isZero();
                assertThat(again.process().descendants()).isEmpty();
            }
        } finally {
            execute(
                    postgres,
                    "stray",
                    "SELECT pg_terminate_backend(active_pid, 10000) FROM pg_replication_slots WHERE active;"
                            + " SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = 'stray'");
            execute(postgres, "postgres", "DROP DATABASE stray WITH (FORCE)");
        }
    }

    /** Alive, and not only waiting for its exit code to be fetched. */
    private static boolean runs(ProcessHandle process) {
        return process.isAlive() && process.info().commandLine().isPresent();
    }

    private static Map<String, Object> config(PostgresServer postgres, Path directory) {
        return Map.of(
                "pipeline",
                "stray",
                "postgres",
                SetUp.login(postgres.jdbcUrl("stray")),
                "kafka",
                Map.of("data-dir", directory.resolve("kafka").toString()),
                "redis",
                Map.of("url", EmbeddedStack.shared().redis().url()),
                "listener",
                Map.of("http", "127.0.0.1:0"),
                "writer",
                Map.of("http", "127.0.0.1:0"),
                "caches",
                Map.of("thing", Map.of("table", "public.thing", "key", "thing:{id}")));
    }

    private static void execute(PostgresServer postgres, String database, String sql) throws SQLException {
        try (Connection connection =
                        DriverManager.getConnection(postgres.jdbcUrl(database), postgres.user(), postgres.password());
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
