package dev.freshet.writer;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.LongSupplier;

/**
 * Measures how much time has passed at most: it goes on where the system's clock is set back, and leaps where that is set
 * forward or the machine was suspended, for which the timer stands still and Redis does not. What is renewed by it is
 * renewed in time. Its instants are not those of the day. Thread-safe.
 */
final class SteadyClock implements InstantSource {

    private final InstantSource system;
    private final LongSupplier timer;
    private Instant seen;
    private long ticks;
    private Instant now;

    SteadyClock() {
        this(InstantSource.system(), System::nanoTime);
    }

    /** @param timer nanoseconds that never go back */
    SteadyClock(InstantSource system, LongSupplier timer) {
        this.system = system;
        this.timer = timer;
        this.seen = system.instant();
        this.ticks = timer.getAsLong();
        this.now = seen;
    }

    @Override
    public synchronized Instant instant() {
        Instant told = system.instant();
        long tick = timer.getAsLong();
        Duration byTimer = Duration.ofNanos(tick - ticks);
        Duration bySystem = Duration.between(seen, told);
        now = now.plus(byTimer.compareTo(bySystem) > 0 ? byTimer : bySystem);
        seen = told;
        ticks = tick;
        return now;
    }
}
