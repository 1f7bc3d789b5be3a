package dev.freshet.system.process;

import java.io.IOException;
import java.io.UncheckedIOException;

/** Signals to processes that a test started itself. */
public final class Signals {

    private Signals() {}

    /** Stops it where it stands; what is sent to it waits. */
    public static void suspend(long pid) {
        send("STOP", pid);
    }

    public static void resume(long pid) {
        send("CONT", pid);
    }

    static void send(String signal, long pid) {
        try {
            int exit = new ProcessBuilder("sh", "-c", "kill -" + signal + " " + pid)
                    .inheritIO()
                    .start()
                    .waitFor();
            if (exit != 0) {
                throw new IllegalStateException("no signal " + signal + " for process " + pid);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
