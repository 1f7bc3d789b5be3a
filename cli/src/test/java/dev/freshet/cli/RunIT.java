package dev.freshet.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.freshet.cli.check.TestDatabase;
import dev.freshet.stack.EmbeddedStack;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
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
        file = CommandRun.file(directory, yaml + """
                        kafka: { data-dir: broker }
                        listener: { http: "127.0.0.1:0" }
                        writer: { http: "127.0.0.1:0" }
                        """).toString();
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
    void aRecordThatCannotBePlannedIsParkedAndTheLineGoesOn() throws Exception {
        String topic = database.name() + ".public.books";
        try (FreshetProcess run = FreshetProcess.start("run", "--config", file)) {
            await().atMost(START).until(() -> run.out().contains("ready") || !run.alive());
            assertThat(deadLetters("list").out()).as("%s", run.err()).isEmpty();
            fill();
            store(broker(run), topic, "{\"op\":\"d\",\"before\":\"a row?\"}\u001b");
            store(broker(run), topic, "s3cret");

            database.run("UPDATE books SET author_id = 30 WHERE id = 1");

            await().atMost(START).until(() -> keys().equals(List.of("other")));
            await().atMost(START).until(() -> deadLetters("list").out().lines().count() == 2);
            List<String> lines = deadLetters("list").out().lines().toList();
            assertThat(lines.get(0)).matches("0:0\t20\\S+Z\tpublic\\.books\tUndecodableException: the value is no .*");
            assertThat(lines.get(1)).startsWith("0:1\t");

            CommandRun shown = deadLetters("show", "0:0");
            assertThat(shown.code()).as(shown.err()).isZero();
            assertThat(shown.out())
                    .contains("source\t" + topic + ", partition 0, offset ")
                    .contains("key\t(none)")
                    .contains("value\t{\"op\":\"d\",\"before\":\"a row?\"}\\x1b");

            assertThat(deadLetters("show", "0:7").code()).isEqualTo(1);
            assertThat(deadLetters("drop", "0:0", "0:7").code()).isEqualTo(1);
            assertThat(deadLetters("list").out().lines())
                    .as("none of them was dropped")
                    .hasSize(2);
            CommandRun dropped = deadLetters("drop", "0:0");
            assertThat(dropped.out()).as(dropped.err()).isEqualTo("dropped\t0:0\n");
            assertThat(dropped.code()).isZero();
            assertThat(deadLetters("drop", "0:0").code()).as("it is done").isEqualTo(1);
            CommandRun retried = deadLetters("retry", "--all");
            assertThat(retried.out()).as(retried.err()).isEqualTo("published\t0:1\n");
            await().atMost(START)
                    .untilAsserted(() -> assertThat(deadLetters("list").out().lines())
                            .as("as bad as before")
                            .singleElement()
                            .asString()
                            .matches("0:[34]\t.*"));
            assertThat(deadLetters("drop", "--all").code()).isZero();
            assertThat(deadLetters("list").out()).isEmpty();

            assertThat(run.terminate()).as("%s", run.err()).isZero();
            assertThat(run.err())
                    .anyMatch(line -> line.contains("cannot be applied") && line.contains(topic))
                    .noneMatch(line -> line.contains("s3cret") || line.contains("a row?"));
        }
    }

    private CommandRun deadLetters(String... arguments) {
        List<String> all = new ArrayList<>(List.of("dead-letters", arguments[0], "--config", file));
        all.addAll(List.of(arguments).subList(1, arguments.length));
        return CommandRun.of(Map.of(), all.toArray(String[]::new));
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
