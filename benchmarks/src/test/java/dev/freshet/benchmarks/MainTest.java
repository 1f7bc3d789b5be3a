package dev.freshet.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What is refused before any server starts. */
final class MainTest {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private int run(String... arguments) {
        return Main.run(
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                arguments);
    }

    @Test
    void helpNamesEveryRivalAndPart() {
        assertThat(run("--help")).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8))
                .contains("FLOOR", "LIMIT", "TRIGGER", "CONNECT", "FRESHET", "LATENCY", "SUSTAINED", "--write-docs");
    }

    @Test
    void anUnknownRivalIsRefusedWithThoseThatExist() {
        assertThat(run("--only", "freshet,hare")).isEqualTo(2);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("hare", "TRIGGER");
    }

    @Test
    void aQuickRunHasItsOwnLength() {
        assertThat(run("--quick", "--minutes", "3")).isEqualTo(2);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("--quick has its own");
    }

    @Test
    void lengthsAreAtLeastOne() {
        assertThat(run("--repeats", "0")).isEqualTo(2);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("--repeats 0: must be at least 1");
    }

    @Test
    void docsAreWrittenOnlyIntoAClone() {
        assertThat(run("--quick", "--write-docs")).isEqualTo(2);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("--write-docs", "benchmarks.md");
    }

    @Test
    void everyDocumentedCommandIsTaken() throws IOException {
        Pattern command = Pattern.compile("`(?:\\./)?freshet bench\\s?([^`]*)`");
        List<Path> documents =
                List.of(Path.of("../README.md"), Path.of("../CONTRIBUTING.md"), Path.of("../docs/benchmarks.md"));
        int seen = 0;
        for (Path document : documents) {
            for (MatchResult match :
                    command.matcher(Files.readString(document)).results().toList()) {
                List<String> arguments = new ArrayList<>(List.of(match.group(1).split("\\s+", -1)));
                arguments.removeIf(String::isBlank);
                assertThatCode(() -> parse(arguments))
                        .describedAs("%s: %s", document, match.group())
                        .doesNotThrowAnyException();
                seen++;
            }
        }
        assertThat(seen).isGreaterThan(3);
        assertThatThrownBy(() -> parse(List.of("--no-such-option"))).hasMessageContaining("--no-such-option");
    }

    private void parse(List<String> arguments) {
        Main.commandLine(
                        new PrintStream(out, true, StandardCharsets.UTF_8),
                        new PrintStream(err, true, StandardCharsets.UTF_8))
                .parseArgs(arguments.toArray(String[]::new));
    }
}
