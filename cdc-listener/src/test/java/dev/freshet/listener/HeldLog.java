package dev.freshet.listener;

import dev.freshet.model.ControlRecord;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** A log in memory that stores records when the test lets it. Thread-safe. */
final class HeldLog implements ChangeLog {

    private final String offsetsTopic;
    private final List<OutgoingRecord> stored = new ArrayList<>();
    private final List<Runnable> held = new ArrayList<>();
    private final List<OutgoingRecord> heldRecords = new ArrayList<>();
    private String holding = "";
    private long offset;
    private Optional<StoredPosition> position = Optional.empty();
    private Runnable beforeRun = () -> {};

    HeldLog(String offsetsTopic) {
        this.offsetsTopic = offsetsTopic;
    }

    /** Happens once, after the checks before the next run and before that run. */
    synchronized void beforeNextRun(Runnable action) {
        beforeRun = action;
    }

    private synchronized Runnable takeBeforeRun() {
        Runnable action = beforeRun;
        beforeRun = () -> {};
        return action;
    }

    /** From now on records of this topic are not stored. */
    synchronized void hold(String topic) {
        holding = topic;
    }

    /** Stores what was held, and from now on everything at once. */
    synchronized void release() {
        holding = "";
        held.forEach(Runnable::run);
        forget();
    }

    /** Loses what was held, as Kafka does that is away for too long; from now on stores everything at once. */
    synchronized void forget() {
        holding = "";
        held.clear();
        heldRecords.clear();
    }

    /** The held records of the topic, as text. */
    synchronized List<String> held(String topic) {
        return texts(heldRecords, topic);
    }

    /** The stored gaps. */
    List<ControlRecord.Gap> gaps(String controlTopic) {
        return values(controlTopic).stream()
                .map(value -> ControlRecord.parse(value.getBytes(StandardCharsets.UTF_8)))
                .filter(ControlRecord.Gap.class::isInstance)
                .map(ControlRecord.Gap.class::cast)
                .toList();
    }

    synchronized int heldRecords() {
        return held.size();
    }

    /** The stored records of the topic, as text. */
    synchronized List<String> values(String topic) {
        return texts(stored, topic);
    }

    private static List<String> texts(List<OutgoingRecord> records, String topic) {
        return records.stream()
                .filter(record -> record.topic().equals(topic))
                .map(record -> record.value() == null ? "null" : new String(record.value(), StandardCharsets.UTF_8))
                .toList();
    }

    @Override
    public void prepare() {}

    @Override
    public synchronized Optional<StoredPosition> position() {
        return position;
    }

    @Override
    public synchronized long activity() {
        return offset;
    }

    @Override
    public ChangePublisher open() {
        takeBeforeRun().run();
        return new ChangePublisher() {
            @Override
            public void send(OutgoingRecord record, Acknowledgement acknowledgement) {
                accept(record, acknowledgement);
            }

            @Override
            public int largestRecord(String topic) {
                return 1_000_000;
            }

            @Override
            public Map<String, List<Long>> endOffsets() {
                return Map.of();
            }

            @Override
            public void check(Consumer<Exception> broken) {}

            @Override
            public void abandon() {}

            @Override
            public void close() {}
        };
    }

    private synchronized void accept(OutgoingRecord record, ChangePublisher.Acknowledgement acknowledgement) {
        Runnable store = () -> {
            stored.add(record);
            if (record.topic().equals(offsetsTopic) && record.value() != null) {
                position = Optional.of(StoredPosition.parse(record.value()));
            }
            acknowledgement.stored(0, offset++);
        };
        if (record.topic().equals(holding)) {
            held.add(store);
            heldRecords.add(record);
        } else {
            store.run();
        }
    }
}
