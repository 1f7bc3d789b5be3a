package dev.freshet.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.demo.shop.Catalogue;
import dev.freshet.redis.PlainCache.Entry;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The command, on its own servers and with the real pipeline. */
final class DemoIT {

    private record Run(int exitCode, String out, String err) {}

    @Test
    void playedOnceEveryExpectedKeyGoesAndNoOther() {
        Run run = run(Script::of, "--once", "--seconds", "4");

        assertThat(run.exitCode()).as(run.out() + run.err()).isZero();
        assertThat(run.out().lines())
                .anyMatch(line -> line.matches("postgres\t127\\.0\\.0\\.1:\\d+/catalogue"))
                .anyMatch(line -> line.matches("kafka\t127\\.0\\.0\\.1:\\d+"))
                .anyMatch(line -> line.matches("redis\t127\\.0\\.0\\.1:\\d+"))
                .anyMatch(line -> line.matches("api\thttp://127\\.0\\.0\\.1:\\d+"))
                .contains("ready", "Every expected key went or was stored anew, and no other.")
                .anyMatch(line -> line.startsWith("Freshet served no read older than an applied invalidation; "))
                .noneMatch(line -> line.contains("WRONG"));
        assertThat(run.out()).contains("a truncate").contains("a transaction that is rolled back");
    }

    /** A key that no mapping means is expected to go, and one that goes is expected to stay. */
    @Test
    @Tag("full")
    void anExpectationThatDoesNotHoldIsTheExitCodeAndIsNamed() {
        Run run = run(
                catalogue -> {
                    Script script = Script.of(catalogue);
                    Change first = script.changes().get(0);
                    Set<Entry> gone = new HashSet<>(first.gone());
                    assertThat(gone.removeIf(entry -> entry.key().endsWith(":books")))
                            .isTrue();
                    gone.add(Entry.of("session:42"));
                    List<Change> changes = new ArrayList<>();
                    changes.add(new Change(
                            first.name(),
                            first.statements(),
                            first.end(),
                            first.alsoRead(),
                            gone,
                            first.stored(),
                            first.rereads()));
                    return new Script(script.reads(), script.bystanders(), changes);
                },
                "--once",
                "--seconds",
                "1");

        assertThat(run.exitCode()).as(run.out() + run.err()).isEqualTo(1);
        assertThat(run.out())
                .contains("WRONG: session:42 is still there 5000 ms after the commit")
                .containsPattern("WRONG: author:\\d+:books went, and should have stayed")
                .contains("1 of 1 changes did not do exactly what was expected.");
        assertThat(run.out().lines().filter(line -> line.contains("WRONG"))).hasSize(2);
    }

    @Test
    void aPortThatIsTakenIsSaidToBeSo() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Run run = run(Script::of, "--once", "--port", Integer.toString(taken.getLocalPort()));

            assertThat(run.exitCode()).isEqualTo(2);
            assertThat(run.err()).contains("port " + taken.getLocalPort()).contains("--port 0");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"--port=x", "--port=-1", "--port=65536", "--seconds=0", "--seconds=601", "--twice"})
    void wrongUsageStartsNothing(String argument) {
        Run run = run(Script::of, argument);

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
    }

    @Test
    void helpNamesTheOptionsAndTheExitCodes() {
        Run run = run(Script::of, "--help");

        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).contains("--once").contains("--port").contains("Exit codes:");
    }

    private static Run run(Function<Catalogue, Script> script, String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int exitCode = Main.run(
                script,
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                arguments);
        return new Run(exitCode, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }
}
