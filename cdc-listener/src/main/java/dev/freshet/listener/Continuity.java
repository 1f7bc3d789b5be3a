package dev.freshet.listener;

import dev.freshet.model.Lsn;
import java.util.Optional;

/**
 * Whether the slot continues where the stored position ended.
 *
 * @param position where streaming starts and in which epoch
 * @param gap why changes may have been missed; empty where they were not
 */
record Continuity(StoredPosition position, Optional<String> gap) {

    private static final long FIRST_EPOCH = 1;

    /** @param newSlot why the slot was just created, empty where it stood */
    static Continuity judge(Optional<StoredPosition> stored, Optional<String> newSlot, StoredPosition slot) {
        long epoch = stored.map(StoredPosition::epoch).orElse(FIRST_EPOCH - 1);
        Optional<String> gap = newSlot.or(() -> stored.isEmpty()
                ? Optional.of("this pipeline has no stored position: it is attached for the first time")
                : difference(stored.get(), slot));
        return new Continuity(slot.inEpoch(gap.isPresent() ? epoch + 1 : epoch), gap);
    }

    private static Optional<String> difference(StoredPosition stored, StoredPosition slot) {
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
        return Optional.empty();
    }
}
