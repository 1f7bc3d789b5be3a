package dev.freshet.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
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
}
