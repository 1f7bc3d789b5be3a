package dev.freshet.writer.mend;

import dev.freshet.model.ControlRecord;
import dev.freshet.model.Position;
import dev.freshet.model.TableId;
import dev.freshet.model.Topics;
import dev.freshet.model.config.FreshetConfig;
import dev.freshet.model.config.WriterConfig;
import dev.freshet.redis.CacheStore;
import dev.freshet.redis.KeyCommand;
import dev.freshet.writer.EpochHeader;
import dev.freshet.writer.acknowledge.JdbcSnapshotSource;
import dev.freshet.writer.apply.CacheRules;
import dev.freshet.writer.apply.ChangeApplier;
import dev.freshet.writer.apply.Removal;
import dev.freshet.writer.catalogue.JdbcCatalogue;
import dev.freshet.writer.catalogue.SourceConnection;
import dev.freshet.writer.deadletter.Why;
import dev.freshet.writer.decode.Decoded;
import dev.freshet.writer.decode.JdbcGeneratedColumns;
import dev.freshet.writer.decode.RecordDecoder;
import dev.freshet.writer.decode.UndecodableException;
import dev.freshet.writer.failure.Reaction;
import dev.freshet.writer.metrics.WriterMetrics;
import dev.freshet.writer.plan.CacheAction;
import dev.freshet.writer.plan.InvalidationPlanner;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;

/**
 * Applies changes that Kafka still holds once more, as removals: what a refresh stored is removed as well, since nothing
 * tells what happened to it later (rule 13). Works beside running writers and moves no offset of theirs. What takes a
 * change long to become visible, and second deletes, are theirs to see to. Idempotent. Thread-confined.
 *
 * <p>Methods throw {@link org.apache.kafka.common.KafkaException}, or what {@link CacheStore} and {@link SourceConnection}
 * throw, where a server is away: the whole is to be run again.
 */
public final class Replay implements AutoCloseable {

    private static final Duration POLL = Duration.ofMillis(500);

    /** Without a single record for so long, Kafka counts as away. */
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    /** Sets of keys that are under way at most; the memory that they take is bounded. */
    private static final int MOST_SETS = 10_000;

    /** What happens meanwhile, for people. Called on the replay's thread. */
    public interface Listener {

        /** So many records of all were read; what they touch is removed, but for sets of keys. */
        void progress(long records, long all);

        /** A record could not be applied; all that it may have changed is removed. */
        void unreadable(TopicPartition partition, long offset, Why why);

        /** Changes were missed at this time, which no replay brings: the mapped caches are flushed. */
        void gap(String reason);

        /** Kafka has just removed records that were to be replayed. */
        void overtaken(Set<TopicPartition> partitions);
    }

    /**
     * What was done.
     *
     * @param removed keys, and fields of hashes
     */
    public record Totals(long records, long removed) {}

    private final ReplayClients clients;
    private final Topics topics;
    private final WriterConfig.OnAttach onAttach;
    private final Map<String, Set<TableId>> tables;
    private final SourceConnection source;
    private final ScheduledExecutorService timer = DaemonTimer.named("freshet-replay");
    private final RecordDecoder decoder;
    private final InvalidationPlanner planner;
    private final ChangeApplier applier;
    private final CacheStore store;
    private final Set<Removal> underWay = new LinkedHashSet<>();
    private long removed;

    /**
     * A replay that connects when it is asked for something.
     *
     * @param store stays the caller's to close, after this
     */
    public Replay(FreshetConfig config, String bootstrapServers, CacheStore store) {
        this.clients = new ReplayClients(config, bootstrapServers);
        this.topics = config.topics();
        this.onAttach = config.writer().onAttach();
        this.tables =
                config.tables().stream().collect(Collectors.groupingBy(topics::of, Collectors.toUnmodifiableSet()));
        this.source = new SourceConnection(config.postgres(), "replay");
        this.planner = InvalidationPlanner.of(config.caches());
        this.decoder = new RecordDecoder(
                planner.tables(), new JdbcCatalogue(source), new JdbcGeneratedColumns(source), InstantSource.system());
        this.store = store;
        this.applier = new ChangeApplier(
                store,
                new CacheRules(config.caches()),
                timer,
                config.writer().fenceWindow(),
                request -> {},
                WriterMetrics.none());
    }

    /** The topics of the mapped tables. */
    public Set<String> topics() {
        return tables.keySet();
    }

    /** What Kafka holds of the mapped tables' changes, and of the gaps between them, from so long ago until now. */
    public ReplayRange range(Duration reach) {
        Set<String> asked = new HashSet<>(tables.keySet());
        asked.add(topics.control());
        try (Admin admin = clients.admin()) {
            return ReplayRange.find(asked, admin, reach, Instant.now());
        }
    }

    /** Replays; returns when everything is removed and nothing that was under way meanwhile can bring it back. */
    public Totals run(ReplayRange range, Listener listener) {
        long records = 0;
        removed = 0;
        try (Consumer<byte[], byte[]> consumer = clients.consumer()) {
            Set<TopicPartition> unfinished = new HashSet<>(range.spans().keySet());
            consumer.assign(unfinished);
            range.spans().forEach((partition, span) -> consumer.seek(partition, span.from()));
            var snapshot = new JdbcSnapshotSource(source).take();
            long patience = System.nanoTime() + PATIENCE.toNanos();
            while (!unfinished.isEmpty()) {
                ConsumerRecords<byte[], byte[]> polled = poll(consumer, listener);
                ChangeApplier.Work work = applier.work(snapshot);
                for (ConsumerRecord<byte[], byte[]> record : polled) {
                    TopicPartition partition = new TopicPartition(record.topic(), record.partition());
                    if (record.offset() < range.end(partition)) {
                        take(record, work, listener);
                        records++;
                    }
                }
                apply(work);
                unfinished.removeIf(partition -> consumer.position(partition) >= range.end(partition));
                consumer.pause(consumer.assignment().stream()
                        .filter(partition -> !unfinished.contains(partition))
                        .toList());
                listener.progress(records, range.size());
                if (!polled.isEmpty()) {
                    patience = System.nanoTime() + PATIENCE.toNanos();
                } else if (System.nanoTime() - patience > 0) {
                    throw new TimeoutException("no record came within " + PATIENCE.toSeconds() + " s");
                }
            }
        }
        settle();
        return new Totals(records, removed);
    }

    private static ConsumerRecords<byte[], byte[]> poll(Consumer<byte[], byte[]> consumer, Listener listener) {
        try {
            return consumer.poll(POLL);
        } catch (OffsetOutOfRangeException e) {
            Set<TopicPartition> overtaken = e.offsetOutOfRangePartitions().keySet();
            listener.overtaken(overtaken);
            consumer.seekToBeginning(overtaken);
            return ConsumerRecords.empty();
        }
    }

    private void take(ConsumerRecord<byte[], byte[]> record, ChangeApplier.Work work, Listener listener) {
        try {
            if (record.topic().equals(topics.control())) {
                gap(record, listener);
                return;
            }
            if (decoder.decode(record.value(), EpochHeader.read(record.headers())) instanceof Decoded.Change change) {
                List<CacheAction> actions = planner.plan(change.change(), change.shape()).stream()
                        .map(CacheAction::withoutStoring)
                        .distinct()
                        .toList();
                work.add(change.change(), actions, OptionalLong.empty());
            }
        } catch (RuntimeException e) {
            if (Reaction.to(e, Reaction.At.RECORD) != Reaction.PARK) {
                throw e;
            }
            Why why = Why.of(e, tables.getOrDefault(record.topic(), Set.of()));
            listener.unreadable(new TopicPartition(record.topic(), record.partition()), record.offset(), why);
            work.addUnknown(why.tables(), RecordDecoder.transaction(record.value()), OptionalLong.empty());
            if (why.tables().isEmpty()) {
                flush(Optional.empty());
            }
        }
    }

    /** What a gap hid was never published: the flush that followed it is all there is to replay. */
    private void gap(ConsumerRecord<byte[], byte[]> record, Listener listener) {
        ControlRecord control;
        try {
            control = ControlRecord.parse(record.value());
        } catch (IllegalArgumentException e) {
            // Without the cause: its message may quote what it read.
            throw new UndecodableException("the value is no control record");
        }
        boolean kept = onAttach == WriterConfig.OnAttach.KEEP;
        if (control instanceof ControlRecord.Gap gap && !(kept && gap.epoch() <= 1)) {
            listener.gap(gap.reason());
            flush(Optional.of(new Position(gap.epoch(), gap.lsn(), gap.lsn())));
        }
    }

    private void flush(Optional<Position> position) {
        underWay.addAll(applier.removals(mapping -> true, position).values());
    }

    private void apply(ChangeApplier.Work work) {
        List<KeyCommand> commands = work.commands(Instant.now());
        if (!commands.isEmpty()) {
            removed += store.apply(commands).toCompletableFuture().join().removed();
        }
        underWay.addAll(work.startSweeps());
        underWay.removeIf(this::counted);
        if (underWay.size() > MOST_SETS) {
            settle();
        }
    }

    private void settle() {
        CompletableFuture.allOf(underWay.stream().map(Removal::settled).toArray(CompletableFuture[]::new))
                .join();
        underWay.removeIf(this::counted);
    }

    private boolean counted(Removal removal) {
        if (removal.settled().isDone()) {
            removed += removal.applied().join() + removal.settled().join();
        }
        return removal.settled().isDone();
    }

    /** Gives up what is under way. */
    @Override
    public void close() {
        timer.shutdownNow();
        source.close();
    }
}
