package dev.freshet.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.freshet.cli.check.TestDatabase;
import dev.freshet.stack.EmbeddedStack;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which stage is behind, told from outside by a command beside a pipeline of two processes. */
class StatusIT {

    private static final Duration START = Duration.ofSeconds(60);

    private final TestDatabase database = TestDatabase.create();
    private final ObjectMapper json = new ObjectMapper();

    @TempDir
    private Path directory = Path.of("");

    private String file = "";

    @BeforeEach
    void create() {
        database.run("CREATE TABLE books (id bigint PRIMARY KEY, author_id int NOT NULL)");
        database.run(
                "ALTER TABLE books OWNER TO " + database.name(),
                "GRANT CREATE ON DATABASE " + database.name() + " TO " + database.name());
        file = file(EmbeddedStack.shared().redis().url());
    }

    private String file(String redis) {
        String yaml = database.yaml("book: { table: public.books, key: \"book:{id}\" }")
                .replace("redis://localhost:1", redis);
        return CommandRun.file(
                        directory,
                        yaml + "kafka: { bootstrap-servers: \""
                                + EmbeddedStack.shared().kafka().bootstrapServers()
                                + "\", topics: { partitions: 2, replication: 1 } }\n"
                                + "listener: { http: \"127.0.0.1:0\" }\nwriter: { http: \"127.0.0.1:0\" }\n")
                .toString();
    }

    @AfterEach
    void drop() {
        database.close();
    }

    @Test
    void itNamesTheStageThatIsBehind() throws Exception {
        try (FreshetProcess listener = start("listener")) {
            try (FreshetProcess writer = start("writer")) {
                await().atMost(START)
                        .untilAsserted(() -> assertThat(status())
                                .extracting(CommandRun::code)
                                .as(status().out())
                                .isEqualTo(0));
                database.run("INSERT INTO books SELECT i, 1 FROM generate_series(1, 100) i");
                await().atMost(START).until(() -> lag(read()) == 0);
                JsonNode well = read();
                assertThat(well.path("partitions")).hasSize(2);
                assertThat(well.path("staleness_seconds").doubleValue()).isBetween(0.0, 10.0);
                assertThat(stage(well, "writer").path("writers").intValue()).isEqualTo(1);
                assertThat(stage(well, "source").path("slot_active").booleanValue())
                        .isTrue();
                assertThat(writer.terminate()).as("%s", writer.err()).isZero();
            }

            database.run("UPDATE books SET author_id = 2 WHERE id <= 30");

            await().atMost(START).until(() -> lag(read()) == 30);
            CommandRun stopped = status();
            assertThat(stopped.code()).as(stopped.out()).isEqualTo(1);
            assertThat(stopped.out())
                    .containsPattern("writer +broken +no writer runs, 30 records wait")
                    .containsPattern("-> start a writer")
                    .containsPattern("listener +ok")
                    .containsPattern("source +ok");
            assertThat(stage(read(), "writer").path("lag_seconds").doubleValue())
                    .isPositive();

            try (FreshetProcess writer = start("writer")) {
                await().atMost(START).until(() -> status().code() == 0);
                assertThat(lag(read())).isZero();
                assertThat(writer.terminate()).as("%s", writer.err()).isZero();
            }
            assertThat(listener.terminate()).as("%s", listener.err()).isZero();
        }
        await().atMost(START).until(() -> status("--max-staleness", "1s").out().contains("nobody holds the slot"));
        CommandRun silent = status("--max-staleness", "1s");
        assertThat(silent.code()).isEqualTo(1);
        assertThat(silent.out()).containsPattern("listener +broken").containsPattern("redis +broken");
    }

    @Test
    void aServerThatIsAwayIsNamedAndTheRestIsTold() throws Exception {
        file = file("redis://127.0.0.1:1");
        CommandRun run = status();
        assertThat(run.code()).as(run.out()).isEqualTo(3);
        assertThat(run.out()).containsPattern("redis +away").containsPattern("source +unknown");
        assertThat(run.out() + run.err()).doesNotContain("secret");
    }

    @Test
    void aThresholdThatIsNoneIsRefused() {
        CommandRun run = status("--max-staleness", "soon");
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err()).contains("'soon' is no duration");
    }

    private FreshetProcess start(String command) throws IOException {
        FreshetProcess process = FreshetProcess.start(command, "--config", file);
        await().atMost(START).until(() -> process.out().contains("ready") || !process.alive());
        assertThat(process.out()).as("%s", process.err()).contains("ready");
        return process;
    }

    private CommandRun status(String... options) {
        String[] arguments = new String[3 + options.length];
        arguments[0] = "status";
        arguments[1] = "--config";
        arguments[2] = file;
        System.arraycopy(options, 0, arguments, 3, options.length);
        return CommandRun.of(Map.of(), arguments);
    }

    private JsonNode read() {
        try {
            return json.readTree(status("--json").out());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static long lag(JsonNode status) {
        return stage(status, "writer").path("lag_records").longValue();
    }

    private static JsonNode stage(JsonNode status, String name) {
        return StreamSupport.stream(status.path("stages").spliterator(), false)
                .filter(stage -> stage.path("name").asText().equals(name))
                .findFirst()
                .orElseThrow();
    }
}
