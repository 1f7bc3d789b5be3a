package dev.freshet.writer.acknowledge;

import dev.freshet.model.Snapshot;
import dev.freshet.writer.catalogue.SourceUnavailableException;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
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
    private final AtomicBoolean wanted = new AtomicBoolean();
    private final AtomicLong taken = new AtomicLong(1);
    private volatile boolean failing;

    private Snapshots(SnapshotSource source, ScheduledExecutorService thread, Duration interval, Snapshot first) {
        this.source = source;
        this.thread = thread;
        this.interval = interval;
        this.latest = first;
    }

    /**
     * Takes the first snapshot at once, then one an interval after one is wanted: those who want one meanwhile share it.
     *
     * @param thread the only thread that asks {@code source} from then on
     * @throws SourceUnavailableException where the first snapshot cannot be had
     */
    public static Snapshots start(SnapshotSource source, ScheduledExecutorService thread, Duration interval) {
        return new Snapshots(source, thread, interval, source.take());
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
        if (wanted.compareAndSet(false, true)) {
            try {
                var unused = thread.schedule(this::refresh, interval.toMillis(), TimeUnit.MILLISECONDS);
            } catch (RejectedExecutionException e) {
                LOG.trace("The writer has stopped; no snapshot is taken any more");
            }
        }
    }

    /** Whether the source gave none when one was wanted last. */
    public boolean failing() {
        return failing;
    }

    private void refresh() {
        // Before: what is wanted while one is taken may be younger than it.
        wanted.set(false);
        try {
            latest = source.take();
            synchronized (taken) {
                taken.incrementAndGet();
                taken.notifyAll();
            }
            failing = false;
        } catch (SourceUnavailableException e) {
            if (!failing) {
                LOG.warn(
                        "No snapshot of the source, so nothing is acknowledged until there is one: {}", e.getMessage());
            }
            failing = true;
            want();
        }
    }
}
