package dev.freshet.writer.metrics;

/** How far one partition's application is behind. Times are milliseconds since 1970. Thread-safe. */
final class PartitionLag {

    private long applied;
    private long end;
    private long lastRead;
    private long lastAppliedAt;
    private long oldestAtHand;
    private long behindSince;

    /** @param position of the next record to be applied */
    PartitionLag(long position) {
        this.applied = position;
        this.end = position;
    }

    /** Records were read; they begin and end with ones that were written then. */
    synchronized void read(long oldest, long newest, long next) {
        oldestAtHand = oldest;
        lastRead = newest;
        end = Math.max(end, next);
    }

    /** All that was read is applied. */
    synchronized void applied(long next, long now) {
        applied = next;
        oldestAtHand = 0;
        lastAppliedAt = now;
        end = Math.max(end, next);
        if (applied >= end) {
            behindSince = 0;
        }
    }

    /** Kafka said how far the log reaches. */
    synchronized void ends(long next, long now) {
        end = Math.max(applied, next);
        if (applied >= end) {
            behindSince = 0;
        } else if (behindSince == 0) {
            behindSince = now;
        }
    }

    synchronized long records() {
        return end - applied;
    }

    synchronized double seconds(long now) {
        if (end <= applied) {
            return 0;
        }
        long since = behindSince;
        if (oldestAtHand > 0) {
            since = oldestAtHand;
        } else if (behindSince <= lastAppliedAt) {
            // It never caught up meanwhile, so what comes next was written about when the last one was.
            since = lastRead;
        }
        return Math.max(0, now - since) / 1000.0;
    }
}
