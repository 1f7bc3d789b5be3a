package dev.freshet.listener;

import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Where one run of the engine sends its records.
 *
 * <p>Records of one topic and key are stored in the order sent, and each acknowledgement is called once, on a thread of
 * the publisher's: it must not block. {@link #send} is called from any thread.
 */
public interface ChangePublisher extends AutoCloseable {

    /** The header that names a change's epoch, in decimal digits. */
    String EPOCH_HEADER = "freshet.epoch";

    /**
     * Sends a record; returns when it is buffered, which blocks while the buffer is full.
     *
     * @throws ListenerException where the buffer stays full for too long, or the publisher is closed
     */
    void send(OutgoingRecord record, Acknowledgement acknowledgement);

    /** The largest key and value together, in bytes, that the topic takes. */
    int largestRecord(String topic);

    /** Each partition's end offset of the topics that records are sent to. */
    Map<String, List<Long>> endOffsets();

    /**
     * Looks, without blocking, whether the topics are still those that it was opened on.
     *
     * @param broken told if not, on any thread: what is sent from then on may go nowhere
     */
    void check(Consumer<Exception> broken);

    /** Drops what was sent and not stored yet: the slot is lost, and another listener may already publish. */
    void abandon();

    /** Waits a few seconds for what was sent. Idempotent. */
    @Override
    void close();

    /** What became of a record. */
    interface Acknowledgement {

        /** The record is stored for good. */
        void stored(int partition, long offset);

        /** The record was given up. */
        void refused(Exception cause);
    }
}
