package dev.freshet.demo.judge;

/** A value that was committed. Thread-safe. */
final class Version {

    private static final long NEVER = Long.MIN_VALUE;

    private final long value;
    private final long returned;
    private final long transaction;
    private volatile long applied = NEVER;

    Version(long value, long returned, long transaction) {
        this.value = value;
        this.returned = returned;
        this.transaction = transaction;
    }

    long value() {
        return value;
    }

    long returned() {
        return returned;
    }

    long transaction() {
        return transaction;
    }

    /** The cache was seen to know of it. */
    void applied(long nanos) {
        applied = nanos;
    }

    boolean wasAppliedBefore(long nanos) {
        long seen = applied;
        return seen != NEVER && seen < nanos;
    }
}
