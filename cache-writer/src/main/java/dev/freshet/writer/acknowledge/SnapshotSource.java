package dev.freshet.writer.acknowledge;

import dev.freshet.model.Snapshot;

/** Where snapshots of the source come from. */
@FunctionalInterface
public interface SnapshotSource {

    /**
     * A snapshot of the primary, taken now.
     *
     * @throws dev.freshet.writer.catalogue.SourceUnavailableException where the source cannot be asked, or is in
     *     recovery: there a snapshot lists no transaction in progress, and the visibility test would lie
     */
    Snapshot take();
}
