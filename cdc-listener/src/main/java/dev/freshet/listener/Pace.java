package dev.freshet.listener;

import java.time.Duration;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/**
 * Keeps what comes often apart. Each handover wakes three of the engine's threads, Kafka's sender and the broker, so a steady
 * stream that is handed over record by record needs several times the processor time of one that is handed over by the
 * dozen. What comes seldom is not delayed, and what takes longer than the pace, neither. Confined to one thread.
 */
final class Pace {

    /** Two that begin at least this far apart are as they should be. */
    static final Duration APART = Duration.ofMillis(2);

    private static final long NANOS = APART.toNanos();

    private final LongSupplier nanoClock;
    private final LongConsumer park;
    private long begun;
    private boolean often;

    /** @param park waits for so many nanoseconds, or less */
    Pace(LongSupplier nanoClock, LongConsumer park) {
        this.nanoClock = nanoClock;
        this.park = park;
        this.begun = nanoClock.getAsLong() - 2 * NANOS;
    }

    /** One begins. */
    void begin() {
        long now = nanoClock.getAsLong();
        often = now - begun < 2 * NANOS;
        begun = now;
    }

    /** It has ended: waits until the next may begin. */
    void rest() {
        long left = begun + NANOS - nanoClock.getAsLong();
        if (often && left > 0) {
            park.accept(left);
        }
    }
}
