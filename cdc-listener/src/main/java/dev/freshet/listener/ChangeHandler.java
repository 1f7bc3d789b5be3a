package dev.freshet.listener;

import dev.freshet.listener.ChangePublisher.Acknowledgement;
import dev.freshet.model.Lsn;
import io.debezium.engine.DebeziumEngine.ChangeConsumer;
import io.debezium.engine.DebeziumEngine.Offsets;
import io.debezium.engine.DebeziumEngine.RecordCommitter;
import io.debezium.engine.RecordChangeEvent;
import io.debezium.engine.StopEngineException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.apache.kafka.connect.source.SourceRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes the engine's records, sends them without waiting, and acknowledges what is stored. Called by one of the engine's
 * threads at a time, as {@link EngineQueue} sees to; {@link #stop} by any.
 */
final class ChangeHandler implements ChangeConsumer<RecordChangeEvent<SourceRecord>> {

    private static final Logger LOG = LoggerFactory.getLogger(ChangeHandler.class);
    private static final Duration STORE_AT_MOST_EVERY = Duration.ofMillis(200);

    private final Sources sources;
    private final ChangePublisher publisher;
    private final InFlight inFlight;
    private final PositionWriter positions;
    private final Heartbeats heartbeats;
    private final long epoch;
    private final ListenerMetrics metrics;
    private final RecordJson json = new RecordJson();
    private final Consumer<Exception> failed;
    private final Pace pace = new Pace(System::nanoTime, LockSupport::parkNanos);
    private volatile boolean stopped;
    private volatile Lsn acknowledged;

    /** Which topics the engine's records belong to. */
    record Sources(String messageTopic, Set<String> tableTopics) {}

    ChangeHandler(
            Sources sources,
            ChangePublisher publisher,
            InFlight inFlight,
            PositionWriter positions,
            Heartbeats heartbeats,
            StoredPosition start,
            ListenerMetrics metrics,
            Consumer<Exception> failed) {
        this.sources = sources;
        this.publisher = publisher;
        this.inFlight = inFlight;
        this.positions = positions;
        this.heartbeats = heartbeats;
        this.epoch = start.epoch();
        this.acknowledged = start.lsn();
        this.metrics = metrics;
        this.failed = failed;
    }

    /** From now on the next record ends the engine: nothing more is sent or acknowledged. */
    void stop() {
        stopped = true;
    }

    @Override
    public void handleBatch(
            List<RecordChangeEvent<SourceRecord>> batch, RecordCommitter<RecordChangeEvent<SourceRecord>> committer)
            throws InterruptedException {
        pace.begin();
        Burst burst = new Burst(publisher);
        for (RecordChangeEvent<SourceRecord> event : batch) {
            for (SourceRecord record : EngineQueue.unpack(event.record()).records()) {
                if (stopped) {
                    throw new StopEngineException("the run is over");
                }
                take(record, burst::add);
            }
        }
        burst.send();
        // Acknowledging may wait for the source; what comes alone meanwhile need not.
        batch.forEach(event -> EngineQueue.unpack(event.record()).taken().run());
        positions.store(inFlight.acknowledged(), STORE_AT_MOST_EVERY);
        acknowledge(batch.get(batch.size() - 1), committer);
        pace.rest();
    }

    /**
     * Takes a record on the thread that read it. Never a message: these are handed over, so that Debezium hears at least with
     * each of them what may be acknowledged.
     */
    boolean takeAlone(SourceRecord record) {
        if (stopped || record.topic().equals(sources.messageTopic)) {
            return false;
        }
        try {
            take(record, publisher::send);
            positions.store(inFlight.acknowledged(), STORE_AT_MOST_EVERY);
        } catch (RuntimeException e) {
            failed.accept(e);
        }
        return true;
    }

    private void take(SourceRecord record, BiConsumer<OutgoingRecord, Acknowledgement> send) {
        Lsn before = record.sourceOffset().get("lsn_commit") instanceof Long lsn ? new Lsn(lsn) : acknowledged;
        if (record.topic().equals(sources.messageTopic)) {
            heartbeats
                    .read(record)
                    .ifPresentOrElse(
                            beat -> inFlight.message(before, ends -> heartbeats.reached(beat, ends)),
                            () -> inFlight.passed(before));
        } else if (sources.tableTopics.contains(record.topic())) {
            publish(record, before, send);
        } else {
            inFlight.passed(before);
        }
    }

    private void publish(SourceRecord record, Lsn before, BiConsumer<OutgoingRecord, Acknowledgement> send) {
        OutgoingRecord outgoing = fitting(record);
        ListenerMetrics.Change change = metrics.change(record);
        InFlight.Entry entry = inFlight.sent(before, record.topic());
        send.accept(outgoing, new Acknowledgement() {
            @Override
            public void stored(int partition, long offset) {
                inFlight.stored(entry, partition, offset);
                change.stored();
            }

            @Override
            public void refused(Exception cause) {
                failed.accept(cause);
            }
        });
    }

    private OutgoingRecord fitting(SourceRecord record) {
        int limit = publisher.largestRecord(record.topic());
        Oversized.drop(record, limit);
        OutgoingRecord whole = new OutgoingRecord(record.topic(), json.key(record), json.value(record), epoch);
        if (whole.size() <= limit) {
            return whole;
        }
        OutgoingRecord fitting = SizeLimit.fit(whole, RecordJson.keyColumns(record), limit);
        if (whole.key() != null && fitting.key() == null) {
            LOG.warn(
                    "A change of {} bytes does not fit into topic {} even without its large columns; it is told without"
                            + " its row, so that every entry of the table's caches goes. Raise the topic's"
                            + " max.message.bytes",
                    whole.size(),
                    record.topic());
        }
        return fitting;
    }

    /** Debezium hears only of positions between transactions that Kafka holds, never of a record's own position. */
    private void acknowledge(
            RecordChangeEvent<SourceRecord> any, RecordCommitter<RecordChangeEvent<SourceRecord>> committer)
            throws InterruptedException {
        Lsn stored = positions.stored();
        if (stored.compareTo(acknowledged) > 0) {
            acknowledged = stored;
            Offsets offsets = committer.buildOffsets();
            offsets.set("lsn", stored.value());
            offsets.set("lsn_commit", stored.value());
            committer.markProcessed(any, offsets);
            committer.markBatchFinished();
        }
    }
}
