package dev.freshet.writer;

import dev.freshet.model.CacheMapping;
import dev.freshet.model.Position;
import dev.freshet.writer.acknowledge.Snapshots;
import dev.freshet.writer.apply.ChangeApplier;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Flushes mapped caches because of one gap, twice (rule 18): at once, and when every transaction that was under way
 * after the gap has ended. A commit that was invisible when the slot was made is never decoded, and a reader may have
 * cached the row as it was before, after the first flush. Confined to the writer's thread.
 */
final class GapFlush {

    private static final Logger LOG = LoggerFactory.getLogger(GapFlush.class);
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final ChangeApplier applier;
    private final Snapshots snapshots;
    private final Predicate<CacheMapping> meant;
    private final Optional<Position> position;
    private final CompletableFuture<Void> settled = new CompletableFuture<>();
    private final long takenAtStart;
    private final Instant started;
    private CompletableFuture<Void> flush;
    private long mustHaveEnded = -1;
    private boolean second;
    private boolean impatient;

    private GapFlush(
            ChangeApplier applier,
            Snapshots snapshots,
            Predicate<CacheMapping> meant,
            Optional<Position> position,
            Instant now) {
        this.applier = applier;
        this.snapshots = snapshots;
        this.meant = meant;
        this.position = position;
        this.takenAtStart = snapshots.taken();
        this.started = now;
        this.flush = applier.flush(meant, position);
        snapshots.want();
    }

    /**
     * @param meant whose entries go
     * @param position from where on changes are known again; empty where that is not known
     */
    static GapFlush start(
            ChangeApplier applier,
            Snapshots snapshots,
            Predicate<CacheMapping> meant,
            Optional<Position> position,
            Instant now) {
        return new GapFlush(applier, snapshots, meant, position, now);
    }

    /** Takes the next step, if its time has come. */
    void advance(Instant now) {
        if (!flush.isDone() || settled.isDone()) {
            return;
        }
        if (second) {
            settled.complete(null);
            return;
        }
        if (mustHaveEnded < 0 && snapshots.taken() >= takenAtStart + 2) {
            mustHaveEnded = snapshots.latest().xmax();
        }
        if (mustHaveEnded >= 0 && snapshots.latest().xmin() >= mustHaveEnded) {
            second = true;
            flush = applier.flush(meant, position);
            return;
        }
        snapshots.want();
        if (!impatient && now.isAfter(started.plus(PATIENCE))) {
            impatient = true;
            LOG.warn(
                    "The mapped caches are flushed a second time once a transaction that is open since before the attach"
                            + " has ended");
        }
    }

    /** Whether the caches may be relied on, but for what a transaction that is still open may bring. */
    boolean done() {
        return settled.isDone() || (impatient && flush.isDone());
    }

    /** Completes after the second flush; never fails. */
    CompletableFuture<Void> settled() {
        return settled;
    }
}
