package dev.freshet.listener;

import io.debezium.config.CommonConnectorConfig;
import io.debezium.connector.base.QueueProvider;
import io.debezium.pipeline.DataChangeEvent;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;

/**
 * Where the engine's reader leaves its records; Debezium makes it, as a service, by its name.
 *
 * <p>Debezium wakes its polling thread when a batch is full, or the poll interval is over, and hands each record over through
 * three of its threads. Here a record that comes alone is taken at once, on the thread that read it, so that nobody has to be
 * woken; what comes in a crowd waits, wakes the polling thread, and all that waits by then is handed over as one record that
 * holds them ({@link #unpack}). The order is the log's in either case: no record is taken at once while others wait or are
 * being taken.
 *
 * <p>Debezium's own lock guards what it calls; the rest is thread-safe.
 */
public final class EngineQueue implements QueueProvider<DataChangeEvent> {

    static final String NAME = "freshet";

    /** The setting that names who takes what comes alone: see {@link #expect}. */
    static final String TAKER = "freshet.queue.taker";

    static final int CAPACITY = 4096;

    /** One record more is taken than fits, however large it is. */
    static final long CAPACITY_BYTES = 32L << 20;

    /** The cost of handing over is spread over so many; the reader decodes the next meanwhile. */
    private static final int LARGEST_BATCH = 512;

    /** A record comes alone so long after the one before it was read, and taken where it was taken at once. */
    private static final long ALONE_NANOS = 100_000;

    private static final Map<String, Taker> EXPECTED = new ConcurrentHashMap<>();
    private static final AtomicLong NAMES = new AtomicLong();
    private static final Map<String, EngineQueue> OPEN = new ConcurrentHashMap<>();

    private final LongSupplier nanoClock;
    private final Queue<Waiting> waiting = new ArrayDeque<>();
    private final AtomicInteger records = new AtomicInteger();
    private final AtomicLong bytes = new AtomicLong();
    private String pipeline = "";
    private Taker taker = record -> false;
    private long newestNanos;
    private volatile boolean handedOver;

    private record Waiting(SourceRecord record, long bytes) {}

    /** Takes records that come alone. */
    @FunctionalInterface
    interface Taker {

        /**
         * Takes a record on the reader's thread, while nothing that was handed over is still being taken; false where it is
         * to be handed over, too. Never fails.
         */
        boolean takeAlone(SourceRecord record);
    }

    /**
     * What the engine's polling thread is given.
     *
     * @param records in the log's order
     * @param taken is to be called once all of them are taken
     */
    record Handover(List<SourceRecord> records, Runnable taken) {}

    /** Made by Debezium. */
    public EngineQueue() {
        this(System::nanoTime);
    }

    EngineQueue(LongSupplier nanoClock) {
        this.nanoClock = nanoClock;
        this.newestNanos = nanoClock.getAsLong();
    }

    /** The queue that is made with the returned name as its setting {@link #TAKER} asks this taker. */
    static String expect(Taker taker) {
        String name = Long.toString(NAMES.incrementAndGet());
        EXPECTED.put(name, taker);
        return name;
    }

    /** The queue of the pipeline's engine; empty while none runs in this JVM. */
    static Optional<EngineQueue> of(String pipeline) {
        return Optional.ofNullable(OPEN.get(pipeline));
    }

    /** What a record that the engine hands over holds. */
    static Handover unpack(SourceRecord handedOver) {
        return (Handover) handedOver.value();
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public void configure(Map<String, ?> settings) {
        pipeline = String.valueOf(settings.get(CommonConnectorConfig.TOPIC_PREFIX.name()));
        taker = Optional.ofNullable(EXPECTED.remove(String.valueOf(settings.get(TAKER))))
                .orElse(taker);
        OPEN.put(pipeline, this);
    }

    @Override
    public void enqueue(DataChangeEvent event) {
        SourceRecord record = event.getRecord();
        long now = nanoClock.getAsLong();
        boolean alone = now - newestNanos >= ALONE_NANOS && waiting.isEmpty() && !handedOver;
        newestNanos = now;
        if (alone && taker.takeAlone(record)) {
            // Else, while taking takes long, each would seem to come alone that waited for the one before it.
            newestNanos = nanoClock.getAsLong();
            return;
        }
        Waiting one = new Waiting(record, RecordWeight.of(record));
        waiting.add(one);
        count(1, one.bytes);
    }

    @Override
    public @Nullable DataChangeEvent poll() {
        Waiting last = waiting.poll();
        if (last == null) {
            return null;
        }
        handedOver = true;
        List<SourceRecord> batch = new ArrayList<>(Math.min(LARGEST_BATCH, waiting.size() + 1));
        long size = last.bytes;
        batch.add(last.record);
        for (Waiting next; batch.size() < LARGEST_BATCH && (next = waiting.poll()) != null; last = next) {
            size += next.bytes;
            batch.add(next.record);
        }
        count(-batch.size(), -size);
        Handover all = new Handover(batch, () -> handedOver = false);
        return new DataChangeEvent(
                new SourceRecord(last.record.sourcePartition(), last.record.sourceOffset(), NAME, null, all));
    }

    private void count(int moreRecords, long moreBytes) {
        records.addAndGet(moreRecords);
        bytes.addAndGet(moreBytes);
    }

    /** As Debezium asks before it adds a record: full where the memory is, too. */
    @Override
    public int size() {
        return bytes.get() < CAPACITY_BYTES ? records.get() : Math.max(records.get(), CAPACITY);
    }

    /** How many records wait. */
    int records() {
        return records.get();
    }

    /** About how much memory they take. */
    long bytes() {
        return bytes.get();
    }

    @Override
    public void close() {
        OPEN.remove(pipeline, this);
    }
}
