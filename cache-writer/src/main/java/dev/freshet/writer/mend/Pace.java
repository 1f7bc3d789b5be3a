package dev.freshet.writer.mend;

import java.time.Duration;
import java.util.OptionalInt;

/** Holds work to a rate: says how long to wait after each piece. Confined to one thread. */
final class Pace {

    private final OptionalInt perSecond;
    private long due;
    private boolean started;

    /** @param perSecond the most; empty for no limit */
    Pace(OptionalInt perSecond) {
        this.perSecond = perSecond;
    }

    /** How many may be done in one piece, so that the rate is kept within each quarter of a second. */
    int piece(int most) {
        return perSecond.isPresent() ? Math.max(1, Math.min(most, perSecond.getAsInt() / 4)) : most;
    }

    /**
     * So many were done; time that was not used earlier is not made up for.
     *
     * @param nanos now, by {@link System#nanoTime}
     */
    Duration after(int done, long nanos) {
        if (perSecond.isEmpty()) {
            return Duration.ZERO;
        }
        if (!started || due - nanos < 0) {
            due = nanos;
            started = true;
        }
        due += done * 1_000_000_000L / perSecond.getAsInt();
        return Duration.ofNanos(due - nanos);
    }
}
