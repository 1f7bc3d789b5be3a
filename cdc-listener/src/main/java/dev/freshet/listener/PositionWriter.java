package dev.freshet.listener;

import dev.freshet.model.Lsn;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.function.Consumer;

/** Stores how far this run has come, newest last, and tells what is stored for good. Thread-safe. */
final class PositionWriter {

    /** The offsets topic is compacted down to one record for each pipeline. */
    private final byte[] key;

    private final String topic;
    private final StoredPosition start;
    private final ChangePublisher publisher;
    private final Consumer<Exception> failed;
    private volatile SourceState source;
    private volatile boolean adopted;
    private Lsn sent;
    private long sentNanos;
    private volatile Lsn stored;

    /** @param failed told when a position could not be stored */
    PositionWriter(
            String pipeline,
            String topic,
            StoredPosition start,
            ChangePublisher publisher,
            Consumer<Exception> failed) {
        this.key = pipeline.getBytes(StandardCharsets.UTF_8);
        this.topic = topic;
        this.start = start;
        this.publisher = publisher;
        this.failed = failed;
        this.source = start.source();
        this.sent = start.lsn();
        this.stored = start.lsn();
        this.sentNanos = System.nanoTime();
    }

    /** Stores the position, where it is newer than the last and that one is old enough. Does not wait for the reply. */
    synchronized void store(Lsn lsn, Duration atMostEvery) {
        if (lsn.compareTo(sent) > 0 && System.nanoTime() - sentNanos >= atMostEvery.toNanos()) {
            send(lsn);
        }
    }

    /**
     * Stores the same position again where none was stored for a while, as a sign of life for those who wait, or where the
     * source's state is another.
     */
    synchronized void beat(Duration silence) {
        if (adopted || System.nanoTime() - sentNanos >= silence.toNanos()) {
            send(sent);
        }
    }

    /** Stores this state of the source with the positions from the next on. Never blocks. */
    void adopt(SourceState newSource) {
        source = newSource;
        adopted = true;
    }

    /** The newest position that is stored for good. */
    Lsn stored() {
        return stored;
    }

    private void send(Lsn lsn) {
        adopted = false;
        sent = lsn;
        sentNanos = System.nanoTime();
        byte[] value = start.at(lsn).with(source).toJson();
        publisher.send(new OutgoingRecord(topic, key, value, start.epoch()), new ChangePublisher.Acknowledgement() {
            @Override
            public void stored(int partition, long offset) {
                // One partition and one producer: replies come in order.
                stored = lsn;
            }

            @Override
            public void refused(Exception cause) {
                failed.accept(cause);
            }
        });
    }
}
