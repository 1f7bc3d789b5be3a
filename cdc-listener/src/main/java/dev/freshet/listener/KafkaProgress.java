package dev.freshet.listener;

import java.time.Duration;
import java.util.function.LongSupplier;

/** Whether Kafka stores what is sent to it. Thread-safe. */
final class KafkaProgress {

    private final LongSupplier ticker;
    private long unstored;
    private long movedNanos;

    /** @param ticker nanoseconds that pass evenly */
    KafkaProgress(LongSupplier ticker) {
        this.ticker = ticker;
    }

    synchronized void sent() {
        if (unstored++ == 0) {
            movedNanos = ticker.getAsLong();
        }
    }

    /** One that was sent is stored, or given up. */
    synchronized void settled() {
        unstored--;
        movedNanos = ticker.getAsLong();
    }

    synchronized long unstored() {
        return unstored;
    }

    /** For how long records have waited without one being stored; zero while none waits. */
    synchronized Duration stalled() {
        return unstored == 0 ? Duration.ZERO : Duration.ofNanos(ticker.getAsLong() - movedNanos);
    }
}
