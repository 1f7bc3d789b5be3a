package dev.freshet.model;

import java.util.Arrays;

/**
 * What a PostgreSQL query could see: {@code pg_current_snapshot()}, written {@code xmin:xmax:xip,xip,…}. Ids are 64 bits.
 * Immutable.
 */
public final class Snapshot {

    private final long xmin;
    private final long xmax;
    private final long[] inProgress;

    private Snapshot(long xmin, long xmax, long[] inProgress) {
        this.xmin = xmin;
        this.xmax = xmax;
        this.inProgress = inProgress;
    }

    /**
     * Reads PostgreSQL's text form.
     *
     * @throws IllegalArgumentException where the text is of another form
     */
    public static Snapshot parse(String text) {
        String[] parts = text.split(":", -1);
        if (parts.length != 3) {
            throw new IllegalArgumentException("'" + text + "' is not a snapshot");
        }
        try {
            long[] inProgress = parts[2].isEmpty()
                    ? new long[0]
                    : Arrays.stream(parts[2].split(","))
                            .mapToLong(Long::parseLong)
                            .sorted()
                            .toArray();
            return new Snapshot(Long.parseLong(parts[0]), Long.parseLong(parts[1]), inProgress);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("'" + text + "' is not a snapshot", e);
        }
    }

    /** Whether the transaction had ended, visibly, when the snapshot was taken. {@code id} has 64 bits. */
    public boolean sees(long id) {
        return id < xmin || (id < xmax && Arrays.binarySearch(inProgress, id) < 0);
    }

    /** Every id below this one is seen. */
    public long xmin() {
        return xmin;
    }

    /** No id from this one on is seen. */
    public long xmax() {
        return xmax;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Snapshot that
                && xmin == that.xmin
                && xmax == that.xmax
                && Arrays.equals(inProgress, that.inProgress);
    }

    @Override
    public int hashCode() {
        return Long.hashCode(xmin) * 31 + Long.hashCode(xmax);
    }

    @Override
    public String toString() {
        StringBuilder text =
                new StringBuilder().append(xmin).append(':').append(xmax).append(':');
        for (int i = 0; i < inProgress.length; i++) {
            text.append(i == 0 ? "" : ",").append(inProgress[i]);
        }
        return text.toString();
    }
}
