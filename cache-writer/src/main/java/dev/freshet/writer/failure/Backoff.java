package dev.freshet.writer.failure;

import java.time.Duration;
import java.util.random.RandomGenerator;

/** Waits between tries, doubling from 50 ms to 5 s, each shortened by up to half at random. Confined to one thread. */
public final class Backoff {

    private static final Duration FIRST = Duration.ofMillis(50);
    private static final Duration LONGEST = Duration.ofSeconds(5);

    private final RandomGenerator random;
    private Duration next = FIRST;

    public Backoff(RandomGenerator random) {
        this.random = random;
    }

    /** How long to wait before the next try. */
    public Duration next() {
        Duration wait = next.minus(next.multipliedBy(random.nextInt(500)).dividedBy(1000));
        next = next.multipliedBy(2).compareTo(LONGEST) > 0 ? LONGEST : next.multipliedBy(2);
        return wait;
    }

    /** It worked: the next wait is a short one again. */
    public void reset() {
        next = FIRST;
    }
}
