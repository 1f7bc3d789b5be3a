package dev.freshet.demo.arena;

/**
 * What one strategy did. Immutable.
 *
 * @param hits reads that the cache answered
 * @param queries reads that asked PostgreSQL
 * @param failed reads that ended with an error
 * @param skipped reads that were not even begun, since all its readers were busy
 * @param stale reads that lack a change whose commit had returned before the read began
 * @param late those of them that began more than {@link #LATE_MILLIS} after that
 * @param broken reads that lack a change which was seen applied to Freshet's cache before the read began
 * @param nanos that all reads took together
 */
public record Totals(
        long reads,
        long hits,
        long queries,
        long failed,
        long skipped,
        long stale,
        long late,
        long broken,
        long nanos,
        Latencies latencies) {

    /** From here on a stale read is nobody's race any more. */
    public static final long LATE_MILLIS = 1_000;

    Totals minus(Totals earlier) {
        return new Totals(
                reads - earlier.reads,
                hits - earlier.hits,
                queries - earlier.queries,
                failed - earlier.failed,
                skipped - earlier.skipped,
                stale - earlier.stale,
                late - earlier.late,
                broken - earlier.broken,
                nanos - earlier.nanos,
                latencies.minus(earlier.latencies));
    }

    /** NaN where nothing was read. */
    public double meanMillis() {
        return reads == 0 ? Double.NaN : nanos / 1e6 / reads;
    }

    /** From 0 to 1; NaN where nothing was read. */
    public double hitRate() {
        return reads == 0 ? Double.NaN : (double) hits / reads;
    }
}
