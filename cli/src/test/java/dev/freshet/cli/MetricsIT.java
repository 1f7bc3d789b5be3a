package dev.freshet.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.freshet.cli.check.TestDatabase;
import dev.freshet.stack.EmbeddedStack;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** What a running pipeline serves: one process, from its first change to SIGTERM under load. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class MetricsIT {

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int ROWS = 400;
    private static final Pattern ROW = Pattern.compile("(?m)^\\| `(freshet_\\w+)` \\| (\\w+) \\|([^|]*)\\|");

    private final TestDatabase database = TestDatabase.create();
    private final EmbeddedStack own = EmbeddedStack.builder().redis().start();
    private final RedisClient client = RedisClient.create(own.redis().url());
    private final RedisCommands<String, String> redis = client.connect().sync();
    private final Admin kafka = Admin.create(
            Map.of("bootstrap.servers", EmbeddedStack.shared().kafka().bootstrapServers()));
    private final String topic = database.name() + ".public.books";
    private @Nullable FreshetProcess started;
    private String address = "";
    private Path file = Path.of("freshet.yml");

    private FreshetProcess run() {
        return Objects.requireNonNull(started);
    }

    @BeforeAll
    void start(@TempDir Path directory) throws IOException {
        database.run(
                "CREATE TABLE books (id bigint PRIMARY KEY, author_id int, title text)",
                "ALTER TABLE books REPLICA IDENTITY FULL",
                "INSERT INTO books VALUES (1, 10, 'a'), (2, 20, 'b')",
                "INSERT INTO books SELECT id, 1, 'x' FROM generate_series(1001, " + (1000 + ROWS) + ") id",
                "ALTER TABLE books OWNER TO " + database.name(),
                "GRANT CREATE ON DATABASE " + database.name() + " TO " + database.name());
        String yaml =
                database.yaml("""
                        book: { table: public.books, key: "book:{id}" }
                        author: { table: public.books, key: "author:{author_id}:books" }
                        card: { table: public.books, key: "card:{id}", on-change: refresh, value: { format: json, columns: [title] } }
                        shelf: { table: public.books, key: "shelf:{id}", on-change: refresh, query: "select title from books where id = :id" }
                        lists: { table: public.books, match: "list:*" , columns: [author_id] }
                        """).replace("redis://localhost:1", own.redis().url());
        file = CommandRun.file(
                directory, yaml + """
                        kafka: { bootstrap-servers: "%s", topics: { partitions: 2, replication: 1 } }
                        listener: { http: "127.0.0.1:0" }
                        writer: { http: "127.0.0.1:0", on-attach: keep, fence-window: 6s }
                        """.formatted(EmbeddedStack.shared().kafka().bootstrapServers()));
        started = FreshetProcess.start(Map.of("FRESHET_LOG", "json"), "run", "--config", file.toString());
        await().atMost(LIMIT).until(() -> run().out().contains("ready") || !run().alive());
        assertThat(run().out()).as("%s", run().err()).contains("ready");
        address = address("writer-http");
    }

    @AfterAll
    void close() {
        run().close();
        kafka.close();
        client.shutdown();
        own.close();
        database.close();
    }

    private String address(String name) {
        return run().out().stream()
                .filter(line -> line.startsWith(name + "\t"))
                .map(line -> line.substring(name.length() + 1))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + name + " in " + run().out()));
    }

    private Scrape scrape() {
        return Scrape.of(address);
    }

    @Test
    @Order(1)
    void whatIsServedIsWhatIsDocumentedAndNothingElse() throws IOException {
        Scrape now = scrape();
        Map<String, String> served = new TreeMap<>();
        now.types().keySet().stream()
                .filter(family -> family.startsWith("freshet_") && !family.endsWith("_seconds_max"))
                .forEach(family -> served.put(family, now.types().get(family) + " " + now.labelsOf(family)));

        Map<String, String> documented = new TreeMap<>();
        ROW.matcher(Files.readString(Path.of("../docs/metrics.md")))
                .results()
                .forEach(row -> documented.put(row.group(1), row.group(2) + " " + words(row)));

        assertThat(served).isEqualTo(documented);
        assertThat(now.types().keySet())
                .contains(
                        "jvm_memory_used_bytes",
                        "process_uptime_seconds",
                        "logback_events_total",
                        "jvm_threads_live_threads");
        assertThat(now.text().lines().filter(line -> !line.startsWith("#")))
                .allMatch(line -> line.contains("pipeline=\"" + database.name() + "\""));
    }

    private static Set<String> words(MatchResult row) {
        Set<String> labels = new TreeSet<>();
        Pattern.compile("`(\\w+)`").matcher(row.group(3)).results().forEach(label -> labels.add(label.group(1)));
        return labels;
    }

    @Test
    @Order(2)
    void changesAreCountedAndTimedByTableKindAndCache() {
        redis.mset(
                Map.of("book:1", "old", "book:2", "old", "author:10:books", "old", "list:1", "old", "list:2", "old"));
        Scrape before = scrape();

        database.run(
                "UPDATE books SET author_id = 30, title = 's3cret' WHERE id = 1",
                "DELETE FROM books WHERE id = 2",
                "INSERT INTO books VALUES (3, 30, 'c')");

        await().atMost(LIMIT).untilAsserted(() -> {
            assertThat(redis.get("card:3")).isNotNull();
            assertThat(redis.get("shelf:3")).isNotNull();
            Scrape now = scrape();
            for (String part : List.of("listener", "writer")) {
                for (String kind : List.of("insert", "update", "delete")) {
                    assertThat(rise(
                                    before,
                                    now,
                                    "freshet_" + part + "_changes_total",
                                    "table",
                                    "public.books",
                                    "kind",
                                    kind))
                            .as(part + " " + kind)
                            .isEqualTo(1);
                }
            }
            assertThat(keys(before, now, "book", "deleted")).isEqualTo(2);
            assertThat(keys(before, now, "book", "absent")).isEqualTo(1);
            assertThat(keys(before, now, "author", "deleted")).isEqualTo(1);
            assertThat(keys(before, now, "card", "refreshed")).isEqualTo(2);
            assertThat(keys(before, now, "lists", "deleted")).isEqualTo(2);
            assertThat(rise(before, now, "freshet_writer_sweeps_total", "cache", "lists"))
                    .isPositive();
            assertThat(rise(before, now, "freshet_writer_rebuilds_total", "cache", "shelf", "result", "filled"))
                    .isEqualTo(2);
            assertThat(rise(before, now, "freshet_writer_query_seconds_count", "cache", "shelf"))
                    .isGreaterThanOrEqualTo(3);
            assertThat(rise(before, now, "freshet_writer_commit_to_redis_seconds_count", "cache", "book"))
                    .isEqualTo(3);
            assertThat(rise(
                            before,
                            now,
                            "freshet_writer_commit_to_redis_seconds_bucket",
                            "cache",
                            "book",
                            "le",
                            "60.0"))
                    .as("the largest latency is a matter of seconds, not of clocks")
                    .isEqualTo(3);
            assertThat(rise(before, now, "freshet_listener_commit_to_kafka_seconds_count"))
                    .isEqualTo(3);
            assertThat(rise(before, now, "freshet_listener_publish_seconds_count"))
                    .isEqualTo(3);
            assertThat(rise(before, now, "freshet_writer_redis_seconds_count", "operation", "apply"))
                    .isPositive();
            assertThat(now.sum("freshet_writer_lag_records", "topic", topic)).isZero();
            assertThat(now.sum("freshet_writer_lag_seconds", "topic", topic)).isZero();
            assertThat(now.sum("freshet_listener_unstored_records")).isNotNegative();
            assertThat(now.sum("freshet_listener_engine_queue_records")).isZero();
        });
        // The slot is measured every two seconds: perhaps last before the listener took it.
        await().atMost(LIMIT).untilAsserted(() -> {
            Scrape now = scrape();
            assertThat(now.sum("freshet_ready", "part", "listener")).isEqualTo(1);
            assertThat(now.sum("freshet_ready", "part", "writer")).isEqualTo(1);
            assertThat(now.sum("freshet_listener_state", "state", "streaming")).isEqualTo(1);
            assertThat(now.sum("freshet_listener_state")).isEqualTo(1);
            assertThat(now.sum("freshet_slot_state", "state", "reserved")).isEqualTo(1);
            assertThat(now.sum("freshet_slot_active")).isEqualTo(1);
            assertThat(now.sum("freshet_slot_retained_bytes")).isBetween(0.0, 1e9);
            assertThat(now.sum("freshet_slot_lag_bytes")).isBetween(0.0, 1e9);
            assertThat(now.sum("freshet_slot_lag_seconds")).isBetween(0.0, 60.0);
            assertThat(now.sum("freshet_watermark_age_seconds")).isBetween(0.0, 60.0);
            assertThat(now.sum("freshet_watermark_timestamp_seconds"))
                    .isCloseTo(System.currentTimeMillis() / 1000.0, org.assertj.core.data.Offset.offset(60.0));
        });
        Scrape now = scrape();
        assertThat(now.sum("freshet_writer_gaps_total")).as("the first attach").isEqualTo(1);
        assertThat(now.sum("freshet_writer_flushes_total"))
                .as("on-attach: keep")
                .isZero();
        assertThat(now.sum("freshet_listener_gaps_total")).isEqualTo(1);
        assertThat(now.text()).doesNotContain("s3cret", "book:", "author:", "card:", "list:");
        assertThat(Scrape.of(address("listener-http")).types())
                .as("one registry")
                .isEqualTo(now.types());
    }

    private static double keys(Scrape before, Scrape now, String cache, String result) {
        return rise(before, now, "freshet_writer_keys_total", "cache", cache, "result", result);
    }

    private static double rise(Scrape before, Scrape now, String name, String... labels) {
        return now.sum(name, labels) - before.sum(name, labels);
    }

    @Test
    @Order(2)
    void anAddressThatIsTakenEndsAnotherBeforeItDoesAnything() throws IOException {
        String taken = address.substring("http://".length());
        Path other = file.resolveSibling("other.yml");
        Files.writeString(
                other,
                Files.readString(file).replace("writer: { http: \"127.0.0.1:0\"", "writer: { http: \"" + taken + "\""));

        CommandRun second = CommandRun.of(Map.of(), "writer", "--config", other.toString());

        assertThat(second.code()).as(second.err()).isEqualTo(2);
        assertThat(second.err()).contains("writer.http: cannot listen at " + taken);
        assertThat(second.out()).isEmpty();
    }

    @Test
    @Order(3)
    void aRedisThatHangsIsTheReasonThatNothingIsReady() throws Exception {
        assertThat(Scrape.get(address + "/health/ready").statusCode()).isEqualTo(200);
        long pid = own.redis().pid();
        signal("STOP", pid);
        try {
            database.run("UPDATE books SET title = 'd' WHERE id = 1");

            await().atMost(LIMIT).untilAsserted(() -> {
                HttpResponse<String> ready = Scrape.get(address + "/health/ready");
                assertThat(ready.statusCode()).isEqualTo(503);
                JsonNode told = JsonMapper.builder().build().readTree(ready.body());
                assertThat(told.path("status").asText()).isEqualTo("not ready");
                assertThat(told.path("reasons").toString())
                        .contains("waits for Redis")
                        .doesNotContain("secret");
                assertThat(told.at("/parts/writer/ready").asBoolean()).isFalse();
                assertThat(told.at("/parts/listener/ready").asBoolean()).isTrue();
                Scrape now = scrape();
                assertThat(now.sum("freshet_ready", "part", "writer")).isZero();
                assertThat(now.sum("freshet_writer_blocked", "server", "redis")).isEqualTo(1);
                assertThat(now.sum("freshet_writer_retries_total", "server", "redis"))
                        .isPositive();
                assertThat(now.sum("freshet_writer_lag_records", "topic", topic))
                        .isPositive();
                assertThat(now.sum("freshet_writer_lag_seconds", "topic", topic))
                        .isPositive();
                assertThat(now.sum("freshet_watermark_age_seconds")).isGreaterThan(3);
            });
            assertThat(Scrape.get(address + "/health/live").statusCode())
                    .as("a new process would do no better")
                    .isEqualTo(200);
        } finally {
            signal("CONT", pid);
        }
        await().atMost(LIMIT).untilAsserted(() -> {
            assertThat(Scrape.get(address + "/health/ready").statusCode()).isEqualTo(200);
            Scrape now = scrape();
            assertThat(now.sum("freshet_writer_blocked")).isZero();
            assertThat(now.sum("freshet_writer_lag_records", "topic", topic)).isZero();
            assertThat(now.sum("freshet_watermark_age_seconds")).isLessThan(30);
        });
    }

    private static void signal(String name, long pid) throws IOException, InterruptedException {
        assertThat(new ProcessBuilder("kill", "-" + name, Long.toString(pid))
                        .start()
                        .waitFor())
                .isZero();
    }

    @Test
    @Order(4)
    void sigtermUnderLoadLeavesNothingAppliedThatIsNotCommitted() throws Exception {
        for (int id = 1001; id <= 1000 + ROWS; id++) {
            redis.set("book:" + id, "old");
        }
        await().atMost(LIMIT).until(() -> committed() == stored());
        long before = committed();
        AtomicBoolean stopped = new AtomicBoolean();
        Thread load = new Thread(() -> {
            for (int id = 1001; id <= 1000 + ROWS && !stopped.get(); id++) {
                database.run("UPDATE books SET title = 'y' WHERE id = " + id);
            }
        });
        load.start();
        await().atMost(LIMIT).until(() -> standing() < ROWS - 20);

        int code = run().terminate();
        stopped.set(true);
        load.join();

        assertThat(code).as("%s", run().err()).isZero();
        long applied = ROWS - standing();
        assertThat(applied).as("it was under load").isBetween(20L, ROWS - 1L);
        assertThat(committed() - before).isEqualTo(applied);
        logIsJson();
    }

    private long standing() {
        return redis.keys("book:1???").size();
    }

    private long committed() throws ExecutionException, InterruptedException {
        return kafka.listConsumerGroupOffsets(database.name()).partitionsToOffsetAndMetadata().get().entrySet().stream()
                .filter(one -> one.getKey().topic().equals(topic))
                .mapToLong(one -> one.getValue().offset())
                .sum();
    }

    private long stored() throws ExecutionException, InterruptedException {
        return kafka
                .listOffsets(Map.of(
                        new TopicPartition(topic, 0), OffsetSpec.latest(),
                        new TopicPartition(topic, 1), OffsetSpec.latest()))
                .all()
                .get()
                .values()
                .stream()
                .mapToLong(ListOffsetsResult.ListOffsetsResultInfo::offset)
                .sum();
    }

    /** Of the whole life of the process, with its waits for Redis. */
    private void logIsJson() {
        List<JsonNode> events = run().err().stream().map(MetricsIT::json).toList();
        assertThat(events).allSatisfy(event -> {
            assertThat(event.path("timestamp").isNumber()).isTrue();
            assertThat(event.path("level").asText()).isIn("INFO", "WARN", "ERROR");
            assertThat(event.path("loggerName").asText()).isNotEmpty();
        });
        assertThat(events.stream().map(event -> event.path("formattedMessage").asText()))
                .anyMatch(message -> message.startsWith("Trying again in "));
        assertThat(Stream.concat(run().err().stream(), run().out().stream()))
                .noneMatch(line -> line.contains("s3cret") || line.contains("password"));
    }

    private static JsonNode json(String line) {
        try {
            return JsonMapper.builder().build().readTree(line);
        } catch (IOException e) {
            throw new AssertionError("no JSON: " + line, e);
        }
    }
}
