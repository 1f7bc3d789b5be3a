package dev.freshet.listener;

import java.util.Optional;

/**
 * What outlives a listener: the topics, and the position that was stored last. Kafka, or for a trial something smaller.
 *
 * <p>Used by one thread at a time. Every method throws {@link ListenerException} where the log cannot be reached.
 */
public interface ChangeLog {

    /** Makes the topics that are missing. */
    void prepare();

    /** The newest stored position; empty before the first one. */
    Optional<StoredPosition> position();

    /** A number that grows as long as some listener of this pipeline lives. */
    long activity();

    /** A publisher for one run of the engine. */
    ChangePublisher open();
}
