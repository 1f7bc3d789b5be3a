package dev.freshet.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DocumentTest {

    private static final Figure SPEED = new Figure("speed", "Speed", "ms", false);

    @TempDir
    private Path directory = Path.of("");

    @Test
    void whatStandsAroundTheMeasurementsIsLeftAlone() throws Exception {
        Path file = Files.writeString(
                directory.resolve("benchmarks.md"),
                "# Before\n<!-- measured: begin -->\nold\n<!-- measured: end -->\nafter\n");
        Results results = new Results(List.of(SPEED));
        results.add(SPEED, "hare", "p50", 1);

        new Document(file).write(List.of("A machine."), List.of("A verdict."), results, "hare");
        new Document(file).write(List.of("A machine."), List.of("A verdict."), results, "hare");

        assertThat(file).hasContent("""
                # Before
                <!-- measured: begin -->
                - A machine.

                A verdict.

                ### Speed

                |  | p50 |
                |---|--:|
                | hare | 1.00 |

                ![Speed, as a chart of the table above](benchmarks/speed.svg)
                <!-- measured: end -->
                after
                """);
        assertThat(directory.resolve("benchmarks/speed.svg"))
                .content()
                .startsWith("<svg")
                .endsWith("</svg>\n");
    }

    @Test
    void aFileWithoutItsMarksIsNamedBeforeAnythingIsMeasured() throws Exception {
        Path file = Files.writeString(directory.resolve("other.md"), "<!-- measured: end --><!-- measured: begin -->");

        assertThat(new Document(file).problems()).singleElement().asString().contains("other.md", "measured: begin");
        assertThat(new Document(directory.resolve("none.md")).problems()).isNotEmpty();
    }
}
