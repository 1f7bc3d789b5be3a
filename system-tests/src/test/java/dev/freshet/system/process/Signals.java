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

    /** Lets a stopped process go on for a few milliseconds, so many times, a quarter of a second apart; leaves it stopped. */
    public static void stutter(long pid, int times) {
        shell("i=0; while [ $i -lt " + times + " ]; do kill -CONT " + pid + " && sleep 0.001 && kill -STOP " + pid
                + " && sleep 0.25 || exit 1; i=$((i + 1)); done");
    }

    static void send(String signal, long pid) {
        shell("kill -" + signal + " " + pid);
    }

    private static void shell(String script) {
        try {
            int exit =
                    new ProcessBuilder("sh", "-c", script).inheritIO().start().waitFor();
            if (exit != 0) {
                throw new IllegalStateException("exit code " + exit + " of: " + script);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
