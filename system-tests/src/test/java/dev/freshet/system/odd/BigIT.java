package dev.freshet.system.odd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.freshet.stack.EmbeddedStack;
import dev.freshet.system.process.Freshet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Large transactions and rows through a listener and a writer with a small heap each; transactions and databases that
 * last or idle beside busy ones. {@code -Dfreshet.big.rows=N} is a large transaction's size.
 */
class BigIT {

    private static final int ROWS = Integer.getInteger("freshet.big.rows", 20_000);
    private static final Pattern COLLECTED = Pattern.compile("(\\d+)M->(\\d+)M\\((\\d+)M\\)");

    /** Small enough that no key of a row fits with its images. */
    private static final String SMALL_MESSAGES = "50000";

    @TempDir
    private static Path directory;

    private static Source source;
    private static Freshet listener;
    private static Freshet writer;

    @BeforeAll
    static void start() throws Exception {
        source = new Source(
                "big",
                "CREATE TABLE mass (id int PRIMARY KEY, shelf int, note text)",
                "CREATE TABLE wide (id int PRIMARY KEY, title text, body text)",
                "CREATE TABLE thick (name text PRIMARY KEY, shelf int)",
                "CREATE TABLE slow (id int PRIMARY KEY)",
                "ALTER TABLE mass REPLICA IDENTITY FULL",
                "ALTER TABLE wide REPLICA IDENTITY FULL",
                "ALTER TABLE thick REPLICA IDENTITY FULL",
                "INSERT INTO slow SELECT generate_series(1, 50)",
                "INSERT INTO wide VALUES (1, 'a', 'small'), (2, 'b', 'small'), (3, 'c', 'small')");
        try (Admin admin = Admin.create(
                Map.of("bootstrap.servers", EmbeddedStack.shared().kafka().bootstrapServers()))) {
            admin.createTopics(List.of(new NewTopic("big.public.thick", 3, (short) 1)
                            .configs(Map.of("max.message.bytes", SMALL_MESSAGES))))
                    .all()
                    .get();
        }
        Map<String, Object> caches = new LinkedHashMap<>();
        caches.put("mass", Map.of("table", "public.mass", "key", "mass:{id}"));
        caches.put("mass-shelf", Map.of("table", "public.mass", "key", "mass-shelf:{shelf}"));
        caches.put("wide", Map.of("table", "public.wide", "key", "wide:{id}"));
        caches.put("wide-body", Map.of("table", "public.wide", "key", "wide-body:{body}"));
        caches.put(
                "wide-card",
                Map.of(
                        "table", "public.wide",
                        "key", "wide-card:{id}",
                        "on-change", "refresh",
                        "value", Map.of("format", "json", "columns", List.of("id", "title", "body")),
                        "ttl", "1h"));
        caches.put("thick", Map.of("table", "public.thick", "key", "thick:{name}"));
        caches.put("thick-shelf", Map.of("table", "public.thick", "key", "thick-shelf:{shelf}"));
        caches.put("slow", Map.of("table", "public.slow", "key", "slow:{id}"));
        String config = source.config(directory, caches).toString();
        listener = Freshet.start(directory, heap("listener"), "listener", "--config", config);
        writer = Freshet.start(directory, heap("writer"), "writer", "--config", config);
        listener.awaitReady(Source.PATIENCE);
        writer.awaitReady(Source.PATIENCE);
    }

    private static List<String> heap(String name) {
        return List.of("-Xmx256m", "-XX:+ExitOnOutOfMemoryError", "-Xlog:gc:file=" + directory.resolve(name + ".gc"));
    }

    @AfterAll
    static void end() throws SQLException {
        writer.close();
        listener.close();
        source.close();
    }

    @Test
    void aLargeTransactionPassesThroughSmallHeaps() throws Exception {
        source.execute(
                "INSERT INTO mass SELECT n, n % 1000, repeat(md5(n::text), 6) FROM generate_series(1, " + ROWS + ") n");
        String[] keys = {"mass:1", "mass:" + ROWS / 2, "mass:" + ROWS, "mass-shelf:1", "mass-shelf:999"};
        source.change("UPDATE mass SET note = 'first' WHERE id = 1", "mass:1");
        source.fill(keys);
        long begin = System.nanoTime();
        source.execute("UPDATE mass SET shelf = (shelf + 1) % 1000, note = repeat(md5(shelf::text), 6)");
        long committed = System.nanoTime();
        source.awaitGone(keys);
        source.change("DELETE FROM mass WHERE id = 7", "mass:7");
        System.out.printf(
                "BigIT: %d rows updated in one transaction of %.1f s, applied %.1f s after it; at most %d MB left by a collection in"
                        + " the listener, %d MB in the writer%n",
                ROWS,
                (committed - begin) / 1e9,
                (System.nanoTime() - committed) / 1e9,
                left("listener"),
                left("writer"));
        assertWell();
    }

    @Test
    void aRowOfTensOfMegabytesIsNeverCachedAndHoldsNothingUp() throws Exception {
        source.execute("UPDATE wide SET title = 'first' WHERE id < 3");
        await().atMost(Source.PATIENCE).until(() -> source.stands("wide-card:1") && source.stands("wide-card:2"));
        source.fill("wide:1", "wide-body:small", "wide-body:other");
        source.execute("UPDATE wide SET body = repeat('0123456789', 3000000) WHERE id = 1");
        source.awaitGone("wide:1", "wide-card:1", "wide-body:small", "wide-body:other");
        assertThat(source.stands("wide-card:2"))
                .describedAs("another row's entry")
                .isTrue();

        source.fill("wide:1", "wide-card:1", "wide-body:other");
        source.execute("UPDATE wide SET title = 'again' WHERE id = 1");
        source.awaitGone("wide:1", "wide-card:1", "wide-body:other");

        source.fill("wide:1", "wide-body:other");
        source.execute("DELETE FROM wide WHERE id = 1");
        source.awaitGone("wide:1", "wide-body:other");
        source.change("DELETE FROM wide WHERE id = 3", "wide:3");
        assertWell();
    }

    @Test
    void aPrimaryKeyThatFitsIntoNoMessageIsInvalidatedAndHoldsNothingUp() throws Exception {
        source.change("INSERT INTO thick VALUES ('thin', 1)", "thick:thin", "thick-shelf:1");
        source.change("INSERT INTO thick VALUES (repeat('k', 100000), 2)", "thick:any", "thick-shelf:2");
        source.change("UPDATE thick SET shelf = 3 WHERE shelf = 2", "thick:any", "thick-shelf:2", "thick-shelf:3");
        source.change("DELETE FROM thick WHERE shelf = 3", "thick:any", "thick-shelf:3");
        source.change("DELETE FROM thick WHERE shelf = 1", "thick:thin", "thick-shelf:1");
        assertThat(Source.errorsOf(listener, "does not fit into topic big.public.thick"))
                .isNotEmpty();
        assertWell();
    }

    @Test
    void aLongTransactionHoldsUpNobodyAndIsAppliedAtItsEnd() throws Exception {
        try (Connection lasting = source.connect();
                Statement statement = lasting.createStatement()) {
            lasting.setAutoCommit(false);
            statement.execute("DELETE FROM slow WHERE id = 1");
            source.fill("slow:1");
            for (int id = 2; id < 30; id++) {
                source.change("DELETE FROM slow WHERE id = " + id, "slow:" + id);
            }
            assertThat(source.stands("slow:1")).isTrue();
            lasting.commit();
            source.awaitGone("slow:1");
        }
        assertWell();
    }

    @Test
    void theSlotOfAnIdleDatabaseMovesBesideABusyOne() throws Exception {
        try (Connection busy = source.beside();
                Statement statement = busy.createStatement()) {
            statement.execute("CREATE TABLE busy AS SELECT n FROM generate_series(1, 50000) n");
            statement.execute("DROP TABLE busy");
        }
        String written = source.text("SELECT pg_current_wal_lsn()");
        await().atMost(Source.PATIENCE)
                .until(() -> source.text("SELECT confirmed_flush_lsn >= '" + written
                                + "' FROM pg_replication_slots WHERE slot_name = 'big'")
                        .equals("t"));
        assertWell();
    }

    private static void assertWell() {
        assertThat(listener.isAlive()).describedAs(() -> listener.lastWords()).isTrue();
        assertThat(writer.isAlive()).describedAs(() -> writer.lastWords()).isTrue();
    }

    /** In megabytes, what is no longer used and not yet collected included. */
    private static int left(String name) throws IOException {
        return Files.readAllLines(directory.resolve(name + ".gc")).stream()
                .map(COLLECTED::matcher)
                .filter(Matcher::find)
                .mapToInt(line -> Integer.parseInt(line.group(2)))
                .max()
                .orElse(0);
    }
}
