package dev.freshet.stack;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** A server's process, which ends when this one does where the system can arrange that. Thread-safe. */
final class ChildProcess {

    private static final int QUOTED_LINES = 15;

    private final Process process;
    private final String signal;
    private final Path log;

    private ChildProcess(Process process, String signal, Path log) {
        this.process = process;
        this.signal = signal;
        this.log = log;
    }

    /**
     * Starts a command in a session of its own, so that a terminal's Ctrl-C does not reach it before its users.
     *
     * @param signal what ends it in good order; the system sends it, too, when this process dies
     * @param log where its output is appended
     */
    static ChildProcess start(List<String> privileges, List<String> command, String signal, Path directory, Path log) {
        List<String> whole = new ArrayList<>();
        if (Capability.SESSION.isThere()) {
            whole.add("setsid");
        }
        whole.addAll(privileges);
        if (Capability.DEATH_SIGNAL.isThere()) {
            whole.addAll(List.of("setpriv", "--pdeathsig", signal));
        }
        whole.addAll(command);
        ProcessBuilder builder = new ProcessBuilder(whole);
        Program.cleanse(builder.environment());
        builder.directory(directory.toFile());
        builder.redirectErrorStream(true);
        builder.redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        return new ChildProcess(startOnOwnThread(builder), signal, log);
    }

    ProcessHandle handle() {
        return process.toHandle();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** SIGKILL, for it and its workers. */
    void kill() {
        Termination.kill(handle());
        process.onExit().join();
    }

    /** By the signal that it was started with; by SIGKILL if it is not gone after a while. */
    void end(Duration patience) {
        Termination.inGoodOrder(handle(), signal, patience);
        process.onExit().join();
    }

    /** Why it ended, in its own words. */
    String lastWords() {
        try {
            List<String> lines = Files.readAllLines(log);
            return String.join("\n", lines.subList(Math.max(0, lines.size() - QUOTED_LINES), lines.size()));
        } catch (IOException e) {
            return "(no log in " + log + ")";
        }
    }

    // Linux sends the signal when the thread that started the child ends, not when its process does: the thread stays.
    private static Process startOnOwnThread(ProcessBuilder builder) {
        CompletableFuture<Process> started = new CompletableFuture<>();
        Thread keeper = new Thread(
                () -> {
                    try {
                        Process process = builder.start();
                        started.complete(process);
                        process.waitFor();
                    } catch (IOException e) {
                        started.completeExceptionally(new StackException("cannot start " + builder.command(), e));
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                },
                "keeper of " + builder.command().get(builder.command().size() - 1));
        keeper.setDaemon(true);
        keeper.start();
        try {
            return started.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof StackException failure) {
                throw failure;
            }
            throw e;
        }
    }

    private enum Capability {
        SESSION("setsid"),
        DEATH_SIGNAL("setpriv", "--pdeathsig", "TERM");

        private final boolean there;

        Capability(String... prefix) {
            this.there = Program.works(List.of(prefix));
        }

        boolean isThere() {
            return there;
        }
    }
}
