package dev.freshet.stack;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** Ends processes, and returns when they are gone. */
final class Termination {

    private static final Duration AFTER_KILL = Duration.ofSeconds(20);
    private static final long POLL_MILLIS = 5;

    private Termination() {}

    /** Asks by a signal; after {@code patience} it does not ask any more. */
    static void inGoodOrder(ProcessHandle process, String signal, Duration patience) {
        List<ProcessHandle> all = withDescendants(process);
        signal(process, signal);
        if (!awaitGone(all, patience)) {
            kill(process);
        }
    }

    /** SIGKILL for it and every process that it started. */
    static void kill(ProcessHandle process) {
        List<ProcessHandle> all = withDescendants(process);
        all.forEach(ProcessHandle::destroyForcibly);
        if (!awaitGone(all, AFTER_KILL)) {
            throw new StackException("process " + process.pid() + " is still there " + AFTER_KILL.toSeconds()
                    + " s after SIGKILL: end it by hand");
        }
    }

    /** The parent first: it would start others in place of killed workers. */
    private static List<ProcessHandle> withDescendants(ProcessHandle process) {
        return Stream.concat(Stream.of(process), process.descendants()).toList();
    }

    private static void signal(ProcessHandle process, String signal) {
        try {
            // The shell's own kill: the program of that name is missing on slim systems.
            new ProcessBuilder("sh", "-c", "kill -" + signal + " " + process.pid())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
        } catch (IOException e) {
            throw new StackException(
                    "cannot send a signal to process " + process.pid() + ": sh must be on the PATH", e);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private static boolean awaitGone(List<ProcessHandle> processes, Duration patience) {
        long deadline = System.nanoTime() + patience.toNanos();
        while (!processes.stream().allMatch(RunningProcess::isGone)) {
            if (System.nanoTime() > deadline) {
                return false;
            }
            pause(POLL_MILLIS);
        }
        return true;
    }

    static void pause(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    static StackException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new StackException("interrupted while waiting for a server", e);
    }
}
