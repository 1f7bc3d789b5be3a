package dev.freshet.system.process;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A running {@code freshet} command. Its output goes to files, so that it never waits for a reader. Thread-safe. */
public final class Freshet implements AutoCloseable {

    private static final int QUOTED_LINES = 60;

    private final String name;
    private final Process process;
    private final Path out;
    private final Path err;

    private Freshet(String name, Process process, Path out, Path err) {
        this.name = name;
        this.process = process;
        this.out = out;
        this.err = err;
    }

    /** Starts a command of the command line in a JVM of its own, with this test's class path. */
    public static Freshet start(Path directory, String... arguments) {
        return start(directory, List.of(), arguments);
    }

    /** The same, with further options for the JVM. */
    public static Freshet start(Path directory, List<String> jvm, String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx384m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1"));
        command.addAll(jvm);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), "dev.freshet.cli.Main"));
        command.addAll(List.of(arguments));
        return launch(directory, arguments[0], command, Map.of());
    }

    /** Starts it through the launcher script of the clone that holds this module. */
    public static Freshet throughLauncher(Path directory, Map<String, String> environment, String... arguments) {
        List<String> command =
                new ArrayList<>(List.of(Clone.ROOT.resolve("freshet").toString()));
        command.addAll(List.of(arguments));
        return launch(directory, arguments[0], command, environment);
    }

    /** Starts any command. */
    public static Freshet launch(Path directory, String name, List<String> command, Map<String, String> environment) {
        try {
            Path out = Files.createTempFile(directory, name + "-", ".out");
            Path err = Files.createTempFile(directory, name + "-", ".err");
            ProcessBuilder builder = new ProcessBuilder(command)
                    .directory(directory.toFile())
                    .redirectOutput(out.toFile())
                    .redirectError(err.toFile());
            builder.environment().putAll(environment);
            return new Freshet(name, builder.start(), out, err);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns when it has printed {@code ready}; fails with its last words where it ends or is late. */
    public Freshet awaitReady(Duration patience) {
        try {
            await("ready")
                    .atMost(patience)
                    .pollInterval(Duration.ofMillis(20))
                    .until(() -> isReady() || !process.isAlive());
        } catch (org.awaitility.core.ConditionTimeoutException e) {
            throw new AssertionError(name + " is not ready after " + patience + lastWords(), e);
        }
        if (!isReady()) {
            throw new AssertionError(name + " ended with exit code " + process.exitValue() + lastWords());
        }
        return this;
    }

    public boolean isReady() {
        return output().contains("ready");
    }

    /** What it has printed to standard output, line by line. */
    public List<String> output() {
        return lines(out);
    }

    public List<String> errors() {
        return lines(err);
    }

    /** The address that it printed as {@code name<TAB>address}. */
    public Optional<String> address(String named) {
        return output().stream()
                .filter(line -> line.startsWith(named + "\t"))
                .map(line -> line.substring(named.length() + 1))
                .findFirst();
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    public Process process() {
        return process;
    }

    /** SIGKILL; returns when it is gone. */
    public void kill() {
        process.destroyForcibly();
        exitCode(Duration.ofSeconds(20));
    }

    public void suspend() {
        Signals.suspend(process.pid());
    }

    public void resume() {
        Signals.resume(process.pid());
    }

    /** SIGTERM; the exit code. */
    public int terminate(Duration patience) {
        Signals.send("TERM", process.pid());
        return exitCode(patience);
    }

    /** Waits for its end. */
    public int exitCode(Duration patience) {
        try {
            if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new AssertionError(name + " has not ended after " + patience + lastWords());
            }
            return process.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    /** The end of what it printed. */
    public String lastWords() {
        return Stream.of(out, err)
                .map(file -> {
                    List<String> lines = lines(file);
                    return lines.stream()
                            .skip(Math.max(0, lines.size() - QUOTED_LINES))
                            .collect(Collectors.joining("\n"));
                })
                .collect(Collectors.joining("\n--- standard error:\n", "\n--- standard output:\n", "\n"));
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ends it in good order, or else by force. */
    @Override
    public void close() {
        if (process.isAlive()) {
            process.destroy();
            try {
                if (!process.waitFor(15, TimeUnit.SECONDS)) {
                    kill();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                process.destroyForcibly();
            }
        }
    }
}
