package dev.freshet.cli;

import dev.freshet.cli.explain.Explainer;
import dev.freshet.listener.ChangeLog;
import dev.freshet.listener.ChangePublisher;
import dev.freshet.listener.ListenerException;
import dev.freshet.listener.OutgoingRecord;
import dev.freshet.listener.StoredPosition;
import dev.freshet.model.config.FreshetConfig;
import dev.freshet.writer.catalogue.JdbcCatalogue;
import dev.freshet.writer.catalogue.SourceConnection;
import dev.freshet.writer.catalogue.SourceUnavailableException;
import dev.freshet.writer.decode.Decoded;
import dev.freshet.writer.decode.JdbcGeneratedColumns;
import dev.freshet.writer.decode.RecordDecoder;
import dev.freshet.writer.decode.UndecodableException;
import java.io.PrintStream;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** In Kafka's place: prints what each change would touch, and forgets it. Thread-safe. */
final class TrialLog implements ChangeLog, AutoCloseable {

    private static final int BUFFER = 1_000;

    private final FreshetConfig config;
    private final Explainer explainer;
    private final RecordDecoder decoder;
    private final PrintStream out;
    private final ExecutorService printer = Executors.newSingleThreadExecutor(task -> {
        Thread thread = new Thread(task, "freshet-dry-run");
        thread.setDaemon(true);
        return thread;
    });
    private final Semaphore room = new Semaphore(BUFFER);
    private final Map<String, Long> ends = new HashMap<>();

    TrialLog(FreshetConfig config, SourceConnection source, PrintStream out) {
        this.config = config;
        this.explainer = new Explainer(config.caches());
        this.decoder = new RecordDecoder(
                config.tables(), new JdbcCatalogue(source), new JdbcGeneratedColumns(source), InstantSource.system());
        this.out = out;
    }

    @Override
    public void prepare() {
        // There are no topics.
    }

    @Override
    public Optional<StoredPosition> position() {
        return Optional.empty();
    }

    @Override
    public long activity() {
        return System.nanoTime();
    }

    @Override
    public ChangePublisher open() {
        return new Printing();
    }

    private synchronized long next(String topic) {
        return ends.merge(topic, 1L, Long::sum) - 1;
    }

    private synchronized Map<String, List<Long>> ends() {
        Map<String, List<Long>> offsets = new HashMap<>();
        ends.forEach((topic, end) -> offsets.put(topic, List.of(end)));
        return offsets;
    }

    private void print(OutgoingRecord record) {
        if (record.topic().equals(config.topics().control())
                || record.topic().equals(config.topics().offsets())) {
            return;
        }
        try {
            if (decoder.decode(record.value(), OptionalLong.of(record.epoch())) instanceof Decoded.Change decoded) {
                explainer.explain(decoded.change(), decoded.shape()).forEach(out::println);
                out.flush();
            }
        } catch (UndecodableException | SourceUnavailableException e) {
            out.println("a change of " + record.topic() + " that cannot be told: " + e.getMessage());
        }
    }

    @Override
    public void close() {
        printer.shutdown();
        try {
            if (!printer.awaitTermination(5, TimeUnit.SECONDS)) {
                printer.shutdownNow();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Its records are printed one after another on one thread, which acknowledges them, too. */
    private final class Printing implements ChangePublisher {

        @Override
        public void send(OutgoingRecord record, Acknowledgement acknowledgement) {
            try {
                room.acquire();
                printer.execute(() -> {
                    try {
                        print(record);
                        acknowledgement.stored(0, next(record.topic()));
                    } finally {
                        room.release();
                    }
                });
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new ListenerException("interrupted", e);
            } catch (RejectedExecutionException e) {
                throw new ListenerException("the dry run is over", e);
            }
        }

        @Override
        public int largestRecord(String topic) {
            return Integer.MAX_VALUE;
        }

        @Override
        public Map<String, List<Long>> endOffsets() {
            return ends();
        }

        @Override
        public void check(Consumer<Exception> broken) {
            // There are no topics.
        }

        @Override
        public void abandon() {
            // What was printed cannot be taken back.
        }

        @Override
        public void close() {
            // Nothing is held.
        }
    }
}
