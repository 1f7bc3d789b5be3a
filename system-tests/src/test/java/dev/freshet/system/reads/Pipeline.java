package dev.freshet.system.reads;

import dev.freshet.stack.EmbeddedStack;
import dev.freshet.stack.PostgresServer;
import dev.freshet.system.process.ConfigText;
import dev.freshet.system.process.Freshet;
import dev.freshet.system.process.SetUp;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/** A database of its own and the whole pipeline from it to the shared Redis, as processes. Confined to one thread. */
final class Pipeline implements AutoCloseable {

    private final PostgresServer postgres;
    private final String name;
    private final Map<String, Freshet> parts;

    private Pipeline(PostgresServer postgres, String name, Map<String, Freshet> parts) {
        this.postgres = postgres;
        this.name = name;
        this.parts = parts;
    }

    /** Returns when changes are applied; the Redis holds nothing but what the pipeline needs. */
    static Pipeline start(
            PostgresServer postgres,
            String name,
            Path directory,
            String fenceWindow,
            Map<String, ?> caches,
            String... schema)
            throws SQLException {
        return start(List.of("run"), postgres, name, directory, fenceWindow, caches, schema);
    }

    /** @param commands what to start, each in a process of its own */
    static Pipeline start(
            List<String> commands,
            PostgresServer postgres,
            String name,
            Path directory,
            String fenceWindow,
            Map<String, ?> caches,
            String... schema)
            throws SQLException {
        execute(postgres, "postgres", "CREATE DATABASE " + name);
        execute(postgres, name, schema);
        Path config = ConfigText.write(
                directory,
                Map.of(
                        "pipeline",
                        name,
                        "postgres",
                        SetUp.login(postgres.jdbcUrl(name)),
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
                        Map.of("http", "127.0.0.1:0", "fence-window", fenceWindow),
                        "caches",
                        caches));
        SetUp.run(postgres, name, config);
        Map<String, Freshet> parts = new LinkedHashMap<>();
        commands.forEach(
                command -> parts.put(command, Freshet.start(directory, command, "--config", config.toString())));
        try {
            parts.values().forEach(part -> part.awaitReady(Duration.ofMinutes(3)));
            return new Pipeline(postgres, name, parts);
        } catch (AssertionError e) {
            parts.values().forEach(Freshet::close);
            throw e;
        }
    }

    Connection connect() throws SQLException {
        return DriverManager.getConnection(postgres.jdbcUrl(name), postgres.user(), postgres.password());
    }

    String url() {
        return postgres.jdbcUrl(name);
    }

    /** SIGKILL; returns when it is gone. */
    void kill(String command) {
        Objects.requireNonNull(parts.remove(command)).kill();
    }

    boolean isAlive() {
        return parts.values().stream().allMatch(Freshet::isAlive);
    }

    String lastWords() {
        return parts.entrySet().stream()
                .map(part -> "\n==== " + part.getKey() + part.getValue().lastWords())
                .collect(Collectors.joining());
    }

    @Override
    public void close() throws SQLException {
        parts.values().forEach(Freshet::close);
        execute(
                postgres,
                name,
                "SELECT pg_terminate_backend(active_pid, 10000) FROM pg_replication_slots WHERE active;"
                        + " SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = '"
                        + name
                        + "'");
        execute(postgres, "postgres", "DROP DATABASE " + name + " WITH (FORCE)");
    }

    static void execute(PostgresServer postgres, String database, String... sql) throws SQLException {
        try (Connection connection =
                        DriverManager.getConnection(postgres.jdbcUrl(database), postgres.user(), postgres.password());
                Statement statement = connection.createStatement()) {
            for (String one : sql) {
                statement.execute(one);
            }
        }
    }
}
