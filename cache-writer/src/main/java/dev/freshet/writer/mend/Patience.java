package dev.freshet.writer.mend;

import java.time.Duration;

/** Waits between tries, doubling from 50 ms to a second, all of them together bounded. Confined to one thread. */
final class Patience {

    private static final Duration FIRST = Duration.ofMillis(50);
    private static final Duration LONGEST = Duration.ofSeconds(1);

    private Duration left;
    private Duration next = FIRST;

    Patience(Duration budget) {
        this.left = budget;
    }

    void begin() {
        next = FIRST;
    }

    boolean isOver() {
        return left.isNegative() || left.isZero();
    }

    Duration next() {
        Duration wait = next;
        left = left.minus(wait);
        next = next.multipliedBy(2).compareTo(LONGEST) > 0 ? LONGEST : next.multipliedBy(2);
        return wait;
    }
}
