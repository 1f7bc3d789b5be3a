package dev.freshet.model;

/** Transaction ids: the log carries 32 bits, snapshots carry 64. */
public final class TransactionIds {

    private static final long EPOCH = 1L << 32;

    private TransactionIds() {}

    /**
     * Widens the log's 32 bits to the 64-bit id nearest {@code xmax}, a current snapshot's xmax.
     *
     * <p>Nearest, not "at or below": a change may be decoded before the snapshot is taken or after it, and an id above
     * xmax that were put into the epoch before would test as seen (scenario C3 of the fill model).
     */
    public static long widen(long id32, long xmax) {
        long difference = (id32 & (EPOCH - 1)) - (xmax & (EPOCH - 1));
        if (difference > EPOCH / 2) {
            difference -= EPOCH;
        } else if (difference < -EPOCH / 2) {
            difference += EPOCH;
        }
        long widened = xmax + difference;
        return widened < 0 ? widened + EPOCH : widened;
    }
}
