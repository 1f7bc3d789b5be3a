package dev.freshet.cli;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import java.util.function.Supplier;

/** Tells how far a command has come, at most once a second, on a stream of its own. Confined to one thread. */
final class ProgressLine {

    private static final long INTERVAL = Duration.ofSeconds(1).toNanos();

    private final PrintStream err;
    private final long started = System.nanoTime();
    private long last = started;

    ProgressLine(PrintStream err) {
        this.err = err;
    }

    void tell(Supplier<String> text) {
        long now = System.nanoTime();
        if (now - last >= INTERVAL) {
            last = now;
            err.println(text.get());
        }
    }

    /** Since the start. */
    double seconds() {
        return (System.nanoTime() - started) / 1e9;
    }

    String elapsed() {
        return String.format(Locale.ROOT, "%.1f s", seconds());
    }

    String rate(long count) {
        return Math.round(count / Math.max(0.001, seconds())) + " rows/s";
    }
}
