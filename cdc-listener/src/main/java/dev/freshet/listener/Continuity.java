package dev.freshet.listener;

import dev.freshet.model.Lsn;
import dev.freshet.model.TableId;
import java.util.Optional;
import java.util.Set;

/**
 * Whether the slot continues where the stored position ended, and whether anything happened that the log does not tell.
 *
 * @param position where streaming starts, in which epoch and from which state of the source
 * @param gap what may have been missed; empty where nothing was
 */
record Continuity(StoredPosition position, Optional<Gap> gap) {

    private static final long FIRST_EPOCH = 1;

    /**
     * Changes may have been missed.
     *
     * @param tables which tables'; empty: of all, in a new epoch
     */
    record Gap(String reason, Set<TableId> tables) {}

    /**
     * Judges what stands now by what was stored.
     *
     * @param newSlot why the slot was just created, empty where it stood
     * @param written how far the log is written
     */
    static Continuity judge(
            Optional<StoredPosition> stored, Optional<String> newSlot, StoredPosition slot, Lsn written) {
        long epoch = stored.map(StoredPosition::epoch).orElse(FIRST_EPOCH - 1);
        Optional<Gap> all = newSlot.or(() -> stored.isEmpty()
                        ? Optional.of("this pipeline has no stored position: it is attached for the first time")
                        : difference(stored.get(), slot, written))
                .map(reason -> new Gap(reason, Set.of()));
        Optional<Gap> gap = all.or(() -> stored.flatMap(before -> hidden(before.source(), slot.source())));
        return new Continuity(slot.inEpoch(all.isPresent() ? epoch + 1 : epoch), gap);
    }

    private static Optional<String> difference(StoredPosition stored, StoredPosition slot, Lsn written) {
        if (!stored.systemIdentifier().equals(slot.systemIdentifier())) {
            return Optional.of("another database cluster answers at the address (system identifier "
                    + slot.systemIdentifier() + ", was " + stored.systemIdentifier() + ")");
        }
        if (stored.timeline() != slot.timeline()) {
            return Optional.of("the cluster is on timeline " + slot.timeline() + ", was on " + stored.timeline());
        }
        Lsn reached = stored.lsn();
        if (reached.compareTo(slot.lsn()) < 0) {
            // The position is stored before the slot is told, so only somebody else can have moved the slot past it.
            return Optional.of("the slot stands at " + slot.lsn() + ", past " + reached + " which was stored last");
        }
        if (written.compareTo(reached) < 0) {
            return Optional.of("the log ends at " + written + ", before " + reached
                    + " which was stored last: the cluster was restored from a copy");
        }
        SourceState before = stored.source();
        boolean asynchronous = before.asynchronousCommits() || slot.source().asynchronousCommits();
        if (asynchronous && !before.incarnation().equals(slot.source().incarnation())) {
            return Optional.of(
                    "the server recovered from a crash while synchronous_commit was off: commits that readers"
                            + " saw may be lost");
        }
        return Optional.empty();
    }

    private static Optional<Gap> hidden(SourceState before, SourceState now) {
        Set<TableId> changed = now.changedSince(before);
        return changed.isEmpty()
                ? Optional.empty()
                : Optional.of(new Gap(
                        "something happened to " + changed + " that the log does not tell: mapped anew, created again,"
                                + " truncated in part, rewritten or published in another way",
                        changed));
    }
}
