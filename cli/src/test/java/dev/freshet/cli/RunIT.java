package dev.freshet.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.freshet.cli.check.TestDatabase;
import dev.freshet.stack.EmbeddedStack;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands as processes, against a PostgreSQL and a Redis that they did not start. */
class RunIT {

    private static final Duration START = Duration.ofSeconds(90);

    @TempDir
    private Path directory = Path.of("");

    private final TestDatabase database = TestDatabase.create();
    private final RedisClient client =
            RedisClient.create(EmbeddedStack.shared().redis().url());
    private final RedisCommands<String, String> redis = client.connect().sync();
    private String file = "";

    @BeforeEach
    void layOut() {
        redis.flushall();
        database.run(
                "CREATE TABLE books (id bigint PRIMARY KEY, author_id int)",
                "ALTER TABLE books REPLICA IDENTITY FULL",
                "INSERT INTO books VALUES (1, 10), (2, 20)",
                "ALTER TABLE books OWNER TO " + database.name(),
                "GRANT CREATE ON DATABASE " + database.name() + " TO " + database.name());
        String yaml = database.yaml("""
                        book: { table: public.books, key: "book:{id}" }
                        author: { table: public.books, key: "author:{author_id}:books" }
                        """)
                .replace("redis://localhost:1", EmbeddedStack.shared().redis().url());
        file = CommandRun.file(directory, yaml + "kafka: { data-dir: broker }\n")
                .toString();
    }

    @AfterEach
    void close() {
        client.shutdown();
        database.close();
    }

    @Test
    void runNeedsNoKafkaAndStopsInOrder() throws Exception {
        try (FreshetProcess run = FreshetProcess.start("run", "--config", file)) {
            await().atMost(START).until(() -> run.out().contains("ready") || !run.alive());
            assertThat(run.out()).as("%s", run.err()).last().isEqualTo("ready");
            assertThat(run.out())
                    .anyMatch(line -> line.startsWith("postgres\t"))
                    .anyMatch(line -> line.matches("kafka\t.+:\\d+"))
                    .contains("redis\t" + EmbeddedStack.shared().redis().url().substring("redis://".length()));
            fill();

            database.run("UPDATE books SET author_id = 30 WHERE id = 1");

            await().atMost(Duration.ofSeconds(10))
                    .untilAsserted(
                            () -> assertThat(keys()).containsExactlyInAnyOrder("author:20:books", "book:2", "other"));

            // A second writer finds the broker of this run.
            try (FreshetProcess writer = FreshetProcess.start("writer", "--config", file)) {
                await().atMost(START).until(() -> writer.out().contains("ready") || !writer.alive());
                assertThat(writer.out()).as("%s", writer.err()).contains("ready");
                assertThat(writer.terminate()).isZero();
            }

            assertThat(run.terminate()).as("%s", run.err()).isZero();
            assertThat(run.err()).noneMatch(line -> line.contains("Exception"));
        }
        assertThat(directory.resolve("broker/broker.address")).doesNotExist();
    }

    @Test
    void aRecordThatCannotBePlannedEndsItWithOneAndIsNotSkipped() throws Exception {
        String topic = database.name() + ".public.books";
        try (FreshetProcess run = FreshetProcess.start("run", "--config", file)) {
            await().atMost(START).until(() -> run.out().contains("ready") || !run.alive());
            fill();
            store(broker(run), topic, "{\"op\":\"d\",\"before\":\"a row?\"}");
            assertThat(run.exit()).as("%s", run.err()).isEqualTo(1);
            assertThat(run.err()).anyMatch(line -> line.contains(topic) && line.contains("offset 0"));
        }
        database.run("DELETE FROM books");
        try (FreshetProcess next = FreshetProcess.start("run", "--config", file)) {
            assertThat(next.exit()).as("%s", next.err()).isEqualTo(1);
            assertThat(next.err()).anyMatch(line -> line.contains(topic) && line.contains("offset 0"));
        }
    }

    private static String broker(FreshetProcess run) {
        return run.out().stream()
                .filter(line -> line.startsWith("kafka\t"))
                .map(line -> line.substring("kafka\t".length()))
                .findFirst()
                .orElseThrow();
    }

    private static void store(String broker, String topic, String value) throws Exception {
        try (Producer<String, String> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", broker), new StringSerializer(), new StringSerializer())) {
            producer.send(new ProducerRecord<>(topic, 0, null, value)).get(30, TimeUnit.SECONDS);
        }
    }

    @Test
    void aDryRunPrintsAndTouchesNothing() throws Exception {
        try (FreshetProcess run = FreshetProcess.start("run", "--dry-run", "--config", file)) {
            await().atMost(START).until(() -> run.out().contains("ready") || !run.alive());
            assertThat(run.out()).as("%s", run.err()).contains("ready");
            fill();

            database.run("UPDATE books SET author_id = 30 WHERE id = 1", "DELETE FROM books WHERE id = 2");

            await().atMost(Duration.ofSeconds(20))
                    .untilAsserted(() -> assertThat(run.out())
                            .containsSubsequence(
                                    "updated public.books",
                                    "  book  delete book:1  (before and after)",
                                    "  author  delete author:10:books  (before)",
                                    "  author  delete author:30:books  (after)",
                                    "deleted public.books",
                                    "  book  delete book:2  (before)",
                                    "  author  delete author:20:books  (before)"));
            assertThat(run.terminate()).as("%s", run.err()).isZero();
        }
        assertThat(keys())
                .containsExactlyInAnyOrder(
                        "author:10:books", "author:20:books", "author:30:books", "book:1", "book:2", "other");
        assertThat(database.ask("SELECT count(*) FROM pg_publication")).isEqualTo("0");
        assertThat(database.ask("SELECT count(*) FROM pg_replication_slots WHERE database = '" + database.name() + "'"))
                .isEqualTo("0");
        assertThat(directory.resolve("broker")).doesNotExist();
    }

    @Test
    void whatAKilledDryRunLeftTheNextOneRemoves() throws Exception {
        try (FreshetProcess killed = FreshetProcess.start("run", "--dry-run", "--config", file)) {
            await().atMost(START).until(() -> killed.out().contains("ready") || !killed.alive());
        }
        String slots = "SELECT count(*) FROM pg_replication_slots WHERE database = '" + database.name() + "'";
        assertThat(database.ask(slots)).isEqualTo("1");
        await().atMost(START).until(() -> database.ask(slots + " AND active").equals("0"));

        database.run("UPDATE books SET author_id = 30 WHERE id = 1");

        try (FreshetProcess next = FreshetProcess.start("run", "--dry-run", "--config", file)) {
            await().atMost(START).until(() -> next.out().contains("ready") || !next.alive());
            database.run("DELETE FROM books WHERE id = 2");
            await().atMost(START).until(() -> next.out().contains("deleted public.books"));
            assertThat(next.out()).as("what the killed one missed").doesNotContain("updated public.books");
            assertThat(next.terminate()).as("%s", next.err()).isZero();
        }

        assertThat(database.ask(slots)).isEqualTo("0");
        assertThat(database.ask("SELECT count(*) FROM pg_publication")).isEqualTo("0");
    }

    private void fill() {
        for (String key :
                List.of("author:10:books", "author:20:books", "author:30:books", "book:1", "book:2", "other")) {
            redis.set(key, "value");
        }
    }

    private List<String> keys() {
        return redis.keys("*").stream()
                .filter(key -> !key.startsWith("freshet:"))
                .sorted()
                .toList();
    }
}
