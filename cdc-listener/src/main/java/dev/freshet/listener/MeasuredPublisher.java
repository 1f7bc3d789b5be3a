package dev.freshet.listener;

import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/** A publisher of which is known whether it gets on. What was abandoned counts as settled. Thread-safe. */
final class MeasuredPublisher implements ChangePublisher {

    private final ChangePublisher publisher;
    private final KafkaProgress progress;

    MeasuredPublisher(ChangePublisher publisher, KafkaProgress progress) {
        this.publisher = publisher;
        this.progress = progress;
    }

    @Override
    public void send(OutgoingRecord record, Acknowledgement acknowledgement) {
        progress.sent();
        Counted counted = new Counted(acknowledgement);
        try {
            publisher.send(record, counted);
        } catch (RuntimeException e) {
            counted.settle();
            throw e;
        }
    }

    /** Settles once, before the news is passed on: what hears it may look. */
    private final class Counted implements Acknowledgement {

        private final Acknowledgement acknowledgement;
        private final AtomicBoolean settled = new AtomicBoolean();

        Counted(Acknowledgement acknowledgement) {
            this.acknowledgement = acknowledgement;
        }

        void settle() {
            if (settled.compareAndSet(false, true)) {
                progress.settled();
            }
        }

        @Override
        public void stored(int partition, long offset) {
            settle();
            acknowledgement.stored(partition, offset);
        }

        @Override
        public void refused(Exception cause) {
            settle();
            acknowledgement.refused(cause);
        }
    }

    @Override
    public int largestRecord(String topic) {
        return publisher.largestRecord(topic);
    }

    @Override
    public Map<String, List<Long>> endOffsets() {
        return publisher.endOffsets();
    }

    @Override
    public void check(Consumer<Exception> broken) {
        publisher.check(broken);
    }

    @Override
    public void abandon() {
        publisher.abandon();
    }

    @Override
    public void close() {
        publisher.close();
    }
}
