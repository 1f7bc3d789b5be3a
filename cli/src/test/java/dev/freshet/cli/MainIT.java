package dev.freshet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Most of these wait for a Kafka that is away, so they wait together. */
@Execution(ExecutionMode.CONCURRENT)
class MainIT {

    private static final String AWAY = """
            pipeline: shop
            postgres: { url: "jdbc:postgresql://127.0.0.1:1/shop", user: me, password: hidden }
            redis: { url: "redis://127.0.0.1:1" }
            kafka: { bootstrap-servers: "127.0.0.1:1" }
            caches: { b: { table: public.books, key: "b:{id}" } }
            """;

    @TempDir
    private Path directory = Path.of("");

    @ParameterizedTest
    @ValueSource(strings = {"run", "listener", "writer", "setup", "teardown", "explain", "replay", "flush", "warm"})
    void everyCommandExplainsItself(String command) {
        CommandRun run = CommandRun.of(Map.of(), command, "--help");

        assertThat(run.code()).isZero();
        assertThat(run.out()).contains("Usage: freshet " + command, "--config=FILE");
        assertThat(run.err()).isEmpty();
    }

    @Test
    void theHelpNamesEveryCommand() {
        assertThat(CommandRun.of(Map.of(), "--help").out())
                .contains(
                        "run ",
                        "listener ",
                        "writer ",
                        "setup ",
                        "teardown ",
                        "explain ",
                        "dead-letters ",
                        "replay ",
                        "flush ",
                        "warm ",
                        "demo ",
                        "Exit codes: 0 done");
    }

    @Test
    void theVersionIsPrinted() {
        assertThat(CommandRun.of(Map.of(), "--version").out()).startsWith("freshet ");
        assertThat(CommandRun.of(Map.of(), "run", "--version").out()).startsWith("freshet ");
    }

    @Test
    void noCommandAWrongOneAndAMissingOptionAreUsageErrors() {
        assertThat(CommandRun.of(Map.of()).code()).isEqualTo(2);
        assertThat(CommandRun.of(Map.of(), "rnu").code()).isEqualTo(2);
        assertThat(CommandRun.of(Map.of(), "rnu").err()).contains("run");
        assertThat(CommandRun.of(Map.of(), "run").code()).isEqualTo(2);
        assertThat(CommandRun.of(Map.of(), "run").err()).contains("--config=FILE");
    }

    @ParameterizedTest
    @ValueSource(strings = {"run", "listener", "writer", "setup", "teardown", "warm"})
    void aWrongFileIsAUsageErrorThatNamesTheLines(String command) {
        Path file = CommandRun.file(directory, AWAY.replace("b:{id}", "b:{id").replace("user: me", "usr: me"));

        CommandRun run = CommandRun.of(Map.of(), command, "--config", file.toString());

        assertThat(run.code()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
        assertThat(run.err())
                .contains(file + ": line 2: postgres.usr: unknown name; did you mean 'user'?")
                .contains(file + ": line 5: caches.b.key: '{' at character 3 is never closed")
                .doesNotContain("hidden");
    }

    @ParameterizedTest
    @ValueSource(strings = {"listener", "writer", "setup", "teardown"})
    void aServerThatIsAwayIsExitCodeThree(String command) {
        Path file = CommandRun.file(directory, AWAY);

        CommandRun run = CommandRun.of(Map.of(), command, "--config", file.toString());

        assertThat(run.code()).as(run.err()).isEqualTo(3);
        assertThat(run.err()).contains("PostgreSQL").doesNotContain("hidden");
    }

    @Test
    void allThatIsAwayIsToldTogether() {
        CommandRun run = CommandRun.of(
                Map.of(), "run", "--config", CommandRun.file(directory, AWAY).toString());

        assertThat(run.code()).as(run.err()).isEqualTo(3);
        assertThat(run.err())
                .doesNotContain("hidden")
                .contains("line 2: postgres.url: PostgreSQL cannot be reached")
                .contains("line 4: kafka.bootstrap-servers: Kafka cannot be reached")
                .contains("line 3: redis.url: Redis cannot be reached")
                .contains("not started; nothing was changed");
    }

    @ParameterizedTest
    @ValueSource(strings = {"listener", "writer"})
    void withoutABrokerItIsSaidHowToGetOne(String command) {
        String text = AWAY.replace("bootstrap-servers: \"127.0.0.1:1\"", "data-dir: here");
        Path file = CommandRun.file(directory, text);

        CommandRun run = CommandRun.of(Map.of(), command, "--config", file.toString());

        assertThat(run.code()).isEqualTo(3);
        assertThat(run.err())
                .contains("kafka.data-dir: no embedded broker works on " + directory.resolve("here"))
                .contains("start 'freshet run' first, or name a Kafka in kafka.bootstrap-servers");
    }

    @Test
    void whatAMendCommandNeedsIsChecked() {
        String file = CommandRun.file(directory, AWAY).toString();

        CommandRun flush = CommandRun.of(Map.of(), "flush", "--config", file);
        CommandRun replay = CommandRun.of(Map.of(), "replay", "--since", "10m", "--config", file);
        CommandRun when = CommandRun.of(Map.of(), "replay", "--config", file);
        CommandRun warm = CommandRun.of(Map.of(), "warm", "--config", file);

        assertThat(flush.code()).as(flush.err()).isEqualTo(3);
        assertThat(flush.err()).contains("Redis cannot be reached").doesNotContain("PostgreSQL", "Kafka");
        assertThat(replay.code()).as(replay.err()).isEqualTo(3);
        assertThat(replay.err()).contains("PostgreSQL", "Kafka", "Redis");
        assertThat(when.code()).isEqualTo(2);
        assertThat(when.err()).contains("--since=DURATION");
        assertThat(warm.code()).as("no cache is refreshed").isZero();
        assertThat(warm.err()).contains("nothing to fill");
    }

    @Test
    void explainWorksWithoutADatabase() {
        Path file = CommandRun.file(directory, AWAY);

        CommandRun run = CommandRun.of(
                Map.of(), "explain", "--config", file.toString(), "--table", "public.books", "--after", "{\"id\": 7}");

        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.out()).isEqualTo("inserted public.books\n  b  delete b:7  (after)\n");
        assertThat(run.err()).contains("types are assumed");
    }

    @Test
    void whatExplainCannotReadIsAUsageError() {
        String file = CommandRun.file(directory, AWAY).toString();

        CommandRun table = CommandRun.of(Map.of(), "explain", "--config", file, "--table", "public.boks");
        CommandRun json =
                CommandRun.of(Map.of(), "explain", "--config", file, "--table", "public.books", "--after", "{id: 7}");
        CommandRun list =
                CommandRun.of(Map.of(), "explain", "--config", file, "--table", "public.books", "--after", "[7]");

        assertThat(table.code()).isEqualTo(2);
        assertThat(table.err()).contains("no cache depends on 'public.boks'; did you mean 'public.books'?");
        assertThat(json.code()).isEqualTo(2);
        assertThat(json.err()).contains("--after: is no JSON");
        assertThat(list.code()).isEqualTo(2);
        assertThat(list.err()).contains("must be {\"column\": value, …}");
    }

    @Test
    void anAdminUrlOfAnotherFormIsNotRepeated() {
        CommandRun run = CommandRun.of(
                Map.of("FRESHET_ADMIN_URL", "postgres://admin:hidden@db"),
                "teardown",
                "--config",
                CommandRun.file(directory, AWAY).toString());

        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err()).contains("jdbc:postgresql://host:5432/database").doesNotContain("hidden");
    }

    @ParameterizedTest
    @ValueSource(strings = {"list", "show", "retry", "drop"})
    void theDeadLettersCommandsExplainThemselves(String command) {
        CommandRun run = CommandRun.of(Map.of(), "dead-letters", command, "--help");

        assertThat(run.code()).isZero();
        assertThat(run.out()).contains("Usage: freshet dead-letters " + command, "--config=FILE");
        assertThat(CommandRun.of(Map.of(), "dead-letters", command, "--version").out())
                .startsWith("freshet ");
        assertThat(CommandRun.of(Map.of(), "dead-letters", "--help").out()).contains(command + " ");
    }

    @Test
    void whichDeadLettersMustBeSaidOnce() {
        String file = CommandRun.file(directory, AWAY).toString();

        for (String[] arguments : new String[][] {
            {"dead-letters"},
            {"dead-letters", "show", "--config", file},
            {"dead-letters", "show", "--config", file, "seven"},
            {"dead-letters", "retry", "--config", file},
            {"dead-letters", "retry", "--config", file, "0:1", "x"},
            {"dead-letters", "drop", "--config", file, "--all", "0:1"},
        }) {
            CommandRun run = CommandRun.of(Map.of(), arguments);
            assertThat(run.code()).as(String.join(" ", arguments)).isEqualTo(2);
            assertThat(run.err()).contains("Usage: freshet dead-letters").doesNotContain("hidden");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "bootstrap-servers: \"127.0.0.1:1\"",
                "bootstrap-servers: \"nowhere.invalid:1\"",
                "data-dir: here"
            })
    void deadLettersOfAKafkaThatIsAwayAreExitCodeThree(String kafka) {
        Path file = CommandRun.file(directory, AWAY.replace("bootstrap-servers: \"127.0.0.1:1\"", kafka));

        CommandRun run = CommandRun.of(Map.of(), "dead-letters", "list", "--config", file.toString());

        assertThat(run.code()).as(run.err()).isEqualTo(3);
        assertThat(run.out()).isEmpty();
    }
}
