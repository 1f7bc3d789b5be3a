package dev.freshet.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;

/**
 * A main class in a JVM of its own, with the options of this JVM, which are the launcher's: as users run it. It ends with
 * this JVM. Confined to one thread.
 */
final class ChildJvm implements AutoCloseable {

    private static final Duration END = Duration.ofSeconds(30);
    private static final int QUOTED_LINES = 30;
    private static final Path SETPRIV = Path.of("/usr/bin/setpriv");

    private final String name;
    private final Process process;
    private final Path log;
    private final CompletableFuture<Void> ready = new CompletableFuture<>();
    private final Map<String, BlockingQueue<String>> told = new ConcurrentHashMap<>();
    private final Thread hook;

    private ChildJvm(String name, Process process, Path log) {
        this.name = name;
        this.process = process;
        this.log = log;
        this.hook = new Thread(process::destroy, "end of " + name);
    }

    /**
     * What to start.
     *
     * @param options for the JVM, behind those of this one
     */
    record Program(
            String name,
            String classPath,
            String main,
            List<String> options,
            List<String> arguments,
            Map<String, String> environment) {

        Program {
            options = List.copyOf(options);
            arguments = List.copyOf(arguments);
            environment = Map.copyOf(environment);
        }

        /** One of this class path. */
        static Program of(String name, String main, List<String> options, List<String> arguments) {
            return new Program(name, System.getProperty("java.class.path"), main, options, arguments, Map.of());
        }

        Program with(Map<String, String> variables) {
            return new Program(name, classPath, main, options, arguments, variables);
        }
    }

    /** Starts it; what it writes to standard error goes to a file in the directory. */
    static ChildJvm start(Path directory, Program program) {
        List<String> command = new ArrayList<>();
        if (Files.isExecutable(SETPRIV)) {
            // Where this JVM is killed its shutdown hooks do not run.
            command.addAll(List.of(SETPRIV.toString(), "--pdeathsig", "TERM"));
        }
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(inherited());
        command.addAll(program.options());
        command.addAll(List.of("-cp", program.classPath(), program.main()));
        command.addAll(program.arguments());
        Path log = directory.resolve(program.name() + ".log");
        try {
            ProcessBuilder builder = new ProcessBuilder(command)
                    .directory(directory.toFile())
                    .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()));
            builder.environment().putAll(program.environment());
            ChildJvm child = new ChildJvm(program.name(), builder.start(), log);
            Runtime.getRuntime().addShutdownHook(child.hook);
            Thread hearing = new Thread(child::hear, "output of " + program.name());
            hearing.setDaemon(true);
            hearing.start();
            return child;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> inherited() {
        return ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(option -> !option.startsWith("-agentlib:"))
                .toList();
    }

    private void hear() {
        try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                int tab = line.indexOf('\t');
                if (line.equals("ready")) {
                    ready.complete(null);
                } else if (tab > 0) {
                    told(line.substring(0, tab)).add(line.substring(tab + 1));
                }
            }
        } catch (IOException e) {
            // It has ended.
        }
        ready.completeExceptionally(new IOException("it has ended"));
    }

    private BlockingQueue<String> told(String name) {
        return told.computeIfAbsent(name, first -> new LinkedBlockingQueue<>());
    }

    /** Waits for the next line that is this name, a tab, and what is returned. */
    String awaitTold(String what, Duration patience) throws InterruptedException {
        String value = told(what).poll(patience.toMillis(), TimeUnit.MILLISECONDS);
        if (value == null) {
            throw new BenchException(
                    name + " told no " + what + " within " + patience.toSeconds() + " s" + lastWords());
        }
        return value;
    }

    /** Waits until it has printed {@code ready}. */
    void awaitReady(Duration patience) throws InterruptedException {
        try {
            ready.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw new BenchException(name + " ended before it was ready" + lastWords(), e);
        } catch (TimeoutException e) {
            throw new BenchException(name + " is not ready after " + patience.toSeconds() + " s" + lastWords(), e);
        }
    }

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** The end of what it wrote to standard error. */
    String lastWords() {
        try {
            List<String> lines = Files.readAllLines(log);
            return lines.stream()
                    .skip(Math.max(0, lines.size() - QUOTED_LINES))
                    .collect(Collectors.joining("\n", "\n--- of " + name + ":\n", "\n"));
        } catch (IOException e) {
            return "";
        }
    }

    /** Asks it to end, and returns when it has. */
    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(END.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            process.destroyForcibly();
        }
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // This JVM is ending.
        }
    }
}
