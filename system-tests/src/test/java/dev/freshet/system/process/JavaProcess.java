package dev.freshet.system.process;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * A main class of these tests in a JVM of its own, with this test's class path, talked to line by line. It has to end when
 * its standard input does. What it tells is heard on one thread, in order; the other methods may be called by any.
 */
public final class JavaProcess implements AutoCloseable {

    private static final int QUOTED_LINES = 40;

    private final String name;
    private final Process process;
    private final Path errors;
    private final Writer in;
    private final Thread hearing;

    private JavaProcess(String name, Process process, Path errors, Consumer<String> heard) {
        this.name = name;
        this.process = process;
        this.errors = errors;
        this.in = process.outputWriter(StandardCharsets.UTF_8);
        this.hearing = new Thread(() -> hear(heard), "heard of " + name);
        hearing.setDaemon(true);
    }

    /** @param heard is called with each line that it prints to standard output */
    public static JavaProcess start(
            Path directory,
            Class<?> main,
            String heap,
            List<String> arguments,
            Map<String, String> environment,
            Consumer<String> heard) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + heap,
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                main.getName()));
        command.addAll(arguments);
        try {
            File errors = Files.createTempFile(directory, main.getSimpleName() + "-", ".err")
                    .toFile();
            ProcessBuilder builder = new ProcessBuilder(command).redirectError(errors);
            builder.environment().putAll(environment);
            JavaProcess started = new JavaProcess(main.getSimpleName(), builder.start(), errors.toPath(), heard);
            started.hearing.start();
            return started;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void hear(Consumer<String> heard) {
        try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                heard.accept(line);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public void tell(String line) {
        try {
            in.write(line + "\n");
            in.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(name + " does not listen" + lastWords(), e);
        }
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** The end of what it printed to standard error. */
    public String lastWords() {
        try {
            List<String> lines = Files.readAllLines(errors);
            return lines.stream()
                    .skip(Math.max(0, lines.size() - QUOTED_LINES))
                    .collect(Collectors.joining("\n", "\n--- standard error of " + name + ":\n", "\n"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ends it, and returns when all that it told is heard. */
    @Override
    public void close() {
        try {
            in.close();
        } catch (IOException e) {
            // It has ended already.
        }
        try {
            if (!process.waitFor(20, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
            hearing.join(TimeUnit.SECONDS.toMillis(20));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            process.destroyForcibly();
        }
    }
}
