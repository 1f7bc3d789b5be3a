package dev.freshet.listener;

import java.time.Duration;

/** Tells when to complain about what lasts: at once when it begins, then each minute. One thread. */
final class Alarm {

    private static final Duration AGAIN = Duration.ofMinutes(1);

    private boolean raised;
    private long lastNanos;

    /** @param wrong whether there is something to complain about now */
    boolean due(boolean wrong, long nowNanos) {
        boolean due = wrong && (!raised || nowNanos - lastNanos >= AGAIN.toNanos());
        raised = wrong;
        if (due) {
            lastNanos = nowNanos;
        }
        return due;
    }
}
