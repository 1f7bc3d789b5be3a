package dev.freshet.writer.acknowledge;

import dev.freshet.model.Snapshot;
import dev.freshet.writer.catalogue.SourceUnavailableException;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The newest snapshot of the source, taken beside the writer's own thread, so that a source that hangs does not hold up
 * invalidations. Thread-safe.
 */
public final class Snapshots {

    private static final Logger LOG = LoggerFactory.getLogger(Snapshots.class);

    private final SnapshotSource source;
    private final ScheduledExecutorService thread;
    private final Duration interval;
    private volatile Snapshot latest;
    private volatile boolean wanted;
    private final AtomicLong taken = new AtomicLong(1);
    private volatile boolean failing;

    private Snapshots(SnapshotSource source, ScheduledExecutorService thread, Duration interval, Snapshot first) {
        this.source = source;
        this.thread = thread;
        this.interval = interval;
        this.latest = first;
    }

    /**
     * Takes the first snapshot at once, then one each interval in which one is wanted.
     *
     * @param thread the only thread that asks {@code source} from then on
     * @throws SourceUnavailableException where the first snapshot cannot be had
     */
    public static Snapshots start(SnapshotSource source, ScheduledExecutorService thread, Duration interval) {
        Snapshots snapshots = new Snapshots(source, thread, interval, source.take());
        snapshots.schedule();
        return snapshots;
    }

    private void schedule() {
        var unused = thread.scheduleWithFixedDelay(
                this::refresh, interval.toMillis(), interval.toMillis(), TimeUnit.MILLISECONDS);
    }

    public Snapshot latest() {
        return latest;
    }

    /** How many were taken so far. One that was begun after a moment is counted two after what this said then. */
    public long taken() {
        return taken.get();
    }

    /** Wants snapshots until so many were taken; false where that takes longer than the limit. */
    public boolean await(long count, Duration limit) {
        long end = System.nanoTime() + limit.toNanos();
        synchronized (taken) {
            while (taken.get() < count) {
                long left = end - System.nanoTime();
                if (left <= 0) {
                    return false;
                }
                want();
                try {
                    TimeUnit.NANOSECONDS.timedWait(taken, left);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    return false;
                }
            }
        }
        return true;
    }

    /** Some transaction waits to be seen. */
    public void want() {
        wanted = true;
    }

    /** Whether the source gave none when one was wanted last. */
    public boolean failing() {
        return failing;
    }

    private void refresh() {
        if (!wanted) {
            return;
        }
        try {
            wanted = false;
            latest = source.take();
            synchronized (taken) {
                taken.incrementAndGet();
                taken.notifyAll();
            }
            failing = false;
        } catch (SourceUnavailableException e) {
            wanted = true;
            if (!failing) {
                LOG.warn(
                        "No snapshot of the source, so nothing is acknowledged until there is one: {}", e.getMessage());
            }
            failing = true;
        }
    }
}
