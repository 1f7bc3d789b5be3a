package dev.freshet.listener;

import java.time.Duration;
import java.util.function.DoubleSupplier;

/** Computes how long to wait before the next attempt: doubled each time up to a limit, and jittered. One thread. */
final class Backoff {

    private final Duration first;
    private final Duration limit;
    private final DoubleSupplier random;
    private Duration next;

    /** @param random between 0 and 1 */
    Backoff(Duration first, Duration limit, DoubleSupplier random) {
        this.first = first;
        this.limit = limit;
        this.random = random;
        this.next = first;
    }

    /** Between half of the step and the whole step. */
    Duration next() {
        Duration step = next;
        next = step.multipliedBy(2).compareTo(limit) < 0 ? step.multipliedBy(2) : limit;
        return Duration.ofNanos((long) (step.toNanos() * (0.5 + random.getAsDouble() / 2)));
    }

    void reset() {
        next = first;
    }
}
