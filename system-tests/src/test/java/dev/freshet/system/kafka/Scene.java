package dev.freshet.system.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.freshet.stack.EmbeddedStack;
import dev.freshet.stack.PostgresServer;
import dev.freshet.system.process.ConfigText;
import dev.freshet.system.process.Freshet;
import dev.freshet.system.process.RedisView;
import dev.freshet.system.process.SetUp;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A database of its own whose rows have versions, and a judge that compares what Redis holds with them: every key is filled
 * once, with the version that its row has then, before the row changes. A key that still says another version than its row
 * was lost. Rows that never change tell a flush from an invalidation. Confined to one thread.
 */
final class Scene implements AutoCloseable {

    static final Duration PATIENCE = Duration.ofMinutes(3);

    private static final int DECOYS = 100;

    private final String name;
    private final Path directory;
    private final PostgresServer server = EmbeddedStack.shared().postgres();
    private final RedisView redis;
    private final Connection source;
    private final List<Freshet> started = new ArrayList<>();
    private int next = 1;

    /** @param rows how many rows there are to change, each once */
    Scene(String name, Path directory, int rows) throws SQLException {
        this.name = name;
        this.directory = directory;
        this.redis = new RedisView(EmbeddedStack.shared().redis().url(), Set.of());
        try (Connection admin = connect("postgres")) {
            execute(admin, "CREATE DATABASE " + name);
        }
        this.source = connect(name);
        execute(
                source,
                "CREATE TABLE books (id bigint PRIMARY KEY, version int NOT NULL, price numeric(10,2) NOT NULL, pad text)",
                "INSERT INTO books SELECT g, 1, g, '' FROM generate_series(1, " + (rows + DECOYS) + ") g");
        redis.commands().flushall();
    }

    private Connection connect(String database) throws SQLException {
        return DriverManager.getConnection(server.jdbcUrl(database), server.user(), server.password());
    }

    static void execute(Connection connection, String... statements) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    Connection source() {
        return source;
    }

    RedisView redis() {
        return redis;
    }

    /** @param kafka the section of that name */
    Path config(Map<String, ?> kafka) {
        return config("", kafka, Map.of());
    }

    /** In a directory of that name. */
    Path config(String within, Map<String, ?> kafka) {
        return config(within, kafka, Map.of());
    }

    /** @param others caches besides the one that the judge knows */
    Path config(String within, Map<String, ?> kafka, Map<String, ?> others) {
        Map<String, Object> caches = new LinkedHashMap<>(others);
        Path place = directory.resolve(within);
        try {
            Files.createDirectories(place);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        caches.put("book", Map.of("table", "public.books", "key", "book:{id}"));
        Path config = ConfigText.write(
                place,
                Map.of(
                        "pipeline", name,
                        "postgres", SetUp.login(server.jdbcUrl(name)),
                        "kafka", kafka,
                        "redis", Map.of("url", EmbeddedStack.shared().redis().url()),
                        "listener", Map.of("http", "127.0.0.1:0"),
                        "writer", Map.of("http", "127.0.0.1:0"),
                        "caches", caches));
        return SetUp.run(server, name, config);
    }

    /** A command of the product. */
    Freshet start(Path config, String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--config", config.toString()));
        Freshet process = Freshet.start(directory, all.toArray(String[]::new));
        started.add(process);
        return process;
    }

    Freshet ready(Path config, String... arguments) {
        return start(config, arguments).awaitReady(PATIENCE);
    }

    int exitCode(Path config, String... arguments) {
        return start(config, arguments).exitCode(PATIENCE);
    }

    /** Fills the keys of the rows that never change. */
    void fillDecoys() throws SQLException {
        fill("id > (SELECT max(id) - " + DECOYS + " FROM books)");
    }

    /** Fills the keys of the next rows with what they hold, then changes them in one transaction. */
    void change(int rows, String pad) throws SQLException {
        String range = "id BETWEEN " + next + " AND " + (next + rows - 1);
        fill(range);
        execute(source, "UPDATE books SET version = version + 1, pad = '" + pad + "' WHERE " + range);
        next += rows;
    }

    int changed() {
        return next - 1;
    }

    private void fill(String which) throws SQLException {
        Map<String, String> values = new HashMap<>();
        versions(which).forEach((id, version) -> values.put("book:" + id, version));
        redis.commands().mset(values);
    }

    private Map<String, String> versions(String which) throws SQLException {
        Map<String, String> versions = new HashMap<>();
        try (Statement statement = source.createStatement();
                ResultSet rows = statement.executeQuery("SELECT id, version FROM books WHERE " + which)) {
            while (rows.next()) {
                versions.put(rows.getString(1), rows.getString(2));
            }
        }
        return versions;
    }

    /** Keys that say something else than their rows. */
    List<String> stale() throws SQLException {
        Map<String, String> versions = versions("true");
        List<String> stale = new ArrayList<>();
        redis.read().forEach((entry, held) -> {
            if (entry.key().startsWith("book:")) {
                String id = entry.key().substring("book:".length());
                String value = ((dev.freshet.system.oracle.Held.Text) held).text();
                if (!value.equals(versions.get(id))) {
                    stale.add(entry.key());
                }
            }
        });
        return stale;
    }

    /** Waits until nothing is stale, and tells how long that took. */
    Duration awaitFresh() throws SQLException {
        long begun = System.nanoTime();
        try {
            await().atMost(PATIENCE).pollInterval(Duration.ofMillis(20)).until(() -> stale().isEmpty());
        } catch (org.awaitility.core.ConditionTimeoutException e) {
            throw new AssertionError("stale: " + stale() + words(), e);
        }
        return Duration.ofNanos(System.nanoTime() - begun);
    }

    /** That what did not change still stands: nothing was flushed. */
    void assertDecoysStand() throws SQLException {
        assertThat(redis.commands().keys("book:*"))
                .as("keys of rows that did not change" + words())
                .hasSize(DECOYS);
        assertThat(stale()).isEmpty();
    }

    String words() {
        StringBuilder words = new StringBuilder();
        started.forEach(process -> words.append(process.lastWords()));
        return words.toString();
    }

    @Override
    public void close() throws SQLException {
        started.forEach(Freshet::close);
        redis.close();
        source.close();
        try (Connection admin = connect("postgres")) {
            await().atMost(PATIENCE).ignoreExceptions().until(() -> {
                execute(
                        admin,
                        "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE database = '" + name
                                + "'",
                        "DROP DATABASE " + name + " WITH (FORCE)");
                return true;
            });
        }
    }
}
