package dev.freshet.listener;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Tells a standby when the holder of the slot gives no sign of life: it stores a position every few seconds even while
 * nothing moves. One thread.
 */
final class SlotWatch {

    private static final Duration SILENCE = Duration.ofSeconds(10);
    private static final Duration LOOK_EVERY = Duration.ofSeconds(2);

    private final LongSupplier activity;
    private boolean looked;
    private long seen;
    private long changedNanos;
    private long lookedNanos;

    /** @param activity a number that grows while the holder lives */
    SlotWatch(LongSupplier activity) {
        this.activity = activity;
    }

    /** Whether nothing changed for ten seconds of looking. An activity that cannot be read proves nothing. */
    boolean holderIsDead(long nowNanos) {
        if (looked && nowNanos - lookedNanos < LOOK_EVERY.toNanos()) {
            return false;
        }
        long now;
        try {
            now = activity.getAsLong();
        } catch (ListenerException e) {
            looked = false;
            return false;
        }
        lookedNanos = nowNanos;
        if (!looked || now != seen) {
            looked = true;
            seen = now;
            changedNanos = nowNanos;
        }
        return nowNanos - changedNanos >= SILENCE.toNanos();
    }
}
