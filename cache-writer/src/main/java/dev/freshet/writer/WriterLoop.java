package dev.freshet.writer;

import dev.freshet.model.ControlRecord;
import dev.freshet.model.Position;
import dev.freshet.model.Topics;
import dev.freshet.model.config.WriterConfig;
import dev.freshet.redis.CacheStore;
import dev.freshet.redis.CacheUnavailableException;
import dev.freshet.redis.KeyCommand;
import dev.freshet.writer.acknowledge.Acknowledgements;
import dev.freshet.writer.acknowledge.Snapshots;
import dev.freshet.writer.apply.ChangeApplier;
import dev.freshet.writer.catalogue.SourceUnavailableException;
import dev.freshet.writer.decode.Decoded;
import dev.freshet.writer.decode.RecordDecoder;
import dev.freshet.writer.decode.UndecodableException;
import dev.freshet.writer.plan.InvalidationPlanner;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.header.Header;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The writer's one thread: polls, decodes, plans, applies, and commits what is acknowledged. Everything here is confined
 * to it, but for {@link #ready()} and {@link #stop()}.
 */
final class WriterLoop implements Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(WriterLoop.class);
    private static final Duration POLL = Duration.ofMillis(100);
    private static final String EPOCH_HEADER = "freshet.epoch";

    /** Above so many commands and sweeps that wait to be acknowledged, nothing more is read: their memory is bounded. */
    private static final int MOST_HELD = 500_000;

    private final Topics topics;
    private final WriterConfig config;
    private final Consumer<byte[], byte[]> consumer;
    private final Set<String> subscription;
    private final RecordDecoder decoder;
    private final InvalidationPlanner planner;
    private final ChangeApplier applier;
    private final CacheStore store;
    private final Snapshots snapshots;
    private final Acknowledgements acknowledgements;
    private final ScheduledExecutorService timer;
    private final InstantSource clock;
    private final Backoff backoff = new Backoff(RandomGenerator.getDefault());
    private final CountDownLatch stopping = new CountDownLatch(1);
    private final CompletableFuture<Void> ready = new CompletableFuture<>();
    private final List<GapFlush> flushes = new ArrayList<>();
    private Optional<Long> controlEnd = Optional.empty();
    private boolean assigned;
    private long snapshotsHandled;

    WriterLoop(
            Topics topics,
            WriterConfig config,
            Consumer<byte[], byte[]> consumer,
            Set<String> subscription,
            RecordDecoder decoder,
            InvalidationPlanner planner,
            ChangeApplier applier,
            CacheStore store,
            Snapshots snapshots,
            ScheduledExecutorService timer,
            InstantSource clock) {
        this.topics = topics;
        this.config = config;
        this.consumer = consumer;
        this.subscription = subscription;
        this.decoder = decoder;
        this.planner = planner;
        this.applier = applier;
        this.store = store;
        this.snapshots = snapshots;
        this.acknowledgements = new Acknowledgements(config.fenceWindow());
        this.timer = timer;
        this.clock = clock;
    }

    /** Completes once what is committed from then on is applied, and what the attach had to flush is flushed. */
    CompletableFuture<Void> ready() {
        return ready;
    }

    void stop() {
        stopping.countDown();
        consumer.wakeup();
    }

    @Override
    public void run() {
        try {
            consumer.subscribe(subscription, new Assignments());
            while (stopping.getCount() > 0) {
                handle(poll());
                acknowledge();
            }
        } catch (WakeupException e) {
            LOG.debug("Stopping");
        } finally {
            commitLast();
        }
    }

    private ConsumerRecords<byte[], byte[]> poll() {
        try {
            if (acknowledgements.held() > MOST_HELD) {
                consumer.pause(consumer.assignment());
            } else {
                consumer.resume(consumer.paused());
            }
            return consumer.poll(POLL);
        } catch (OffsetOutOfRangeException e) {
            LOG.warn(
                    "Kafka no longer holds {}: changes may have been missed, the mapped caches are flushed",
                    e.offsetOutOfRangePartitions().keySet());
            consumer.seekToBeginning(e.offsetOutOfRangePartitions().keySet());
            GapFlush flush = GapFlush.start(applier, snapshots, Optional.empty(), clock.instant());
            flushes.add(flush);
            // No record carries this gap: nothing read from here on is acknowledged before the flush is over.
            acknowledgements.applied(Map.of(), Set.of(), List.of(), List.of(), flush.settled(), clock.instant());
            return ConsumerRecords.empty();
        }
    }

    private void handle(ConsumerRecords<byte[], byte[]> records) {
        if (records.isEmpty()) {
            return;
        }
        ChangeApplier.Work work = applier.work(snapshots.latest());
        Map<TopicPartition, Long> next = new HashMap<>();
        List<CompletableFuture<Void>> settling = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> record : records) {
            if (record.topic().equals(topics.control())) {
                control(record).ifPresent(flush -> settling.add(flush.settled()));
            } else {
                plan(record, work);
            }
            next.put(new TopicPartition(record.topic(), record.partition()), record.offset() + 1);
        }
        List<KeyCommand> commands = work.commands(clock.instant());
        Instant applied = apply(commands);
        settling.add(work.startWide());
        redelete(work, applied).ifPresent(settling::add);
        if (!work.transactions().isEmpty()) {
            snapshots.want();
        }
        acknowledgements.applied(
                next,
                work.transactions(),
                commands,
                work.sweeps(),
                CompletableFuture.allOf(settling.toArray(CompletableFuture[]::new)),
                applied);
    }

    private Optional<GapFlush> control(ConsumerRecord<byte[], byte[]> record) {
        if (!(read(record) instanceof ControlRecord.Gap gap)) {
            return Optional.empty();
        }
        if (gap.epoch() <= 1 && config.onAttach() == WriterConfig.OnAttach.KEEP) {
            LOG.info("First attach; the mapped caches are kept, as on-attach says");
            return Optional.empty();
        }
        LOG.info("The mapped caches are flushed: {}", gap.reason());
        GapFlush flush = GapFlush.start(
                applier, snapshots, Optional.of(new Position(gap.epoch(), gap.lsn(), gap.lsn())), clock.instant());
        flushes.add(flush);
        return Optional.of(flush);
    }

    private static ControlRecord read(ConsumerRecord<byte[], byte[]> record) {
        try {
            return ControlRecord.parse(record.value());
        } catch (IllegalArgumentException e) {
            throw stopped(record, "a control record", e);
        }
    }

    private void plan(ConsumerRecord<byte[], byte[]> record, ChangeApplier.Work work) {
        try {
            Decoded decoded = untilAvailable(() -> decoder.decode(record.value(), epoch(record)));
            if (decoded instanceof Decoded.Change change) {
                work.add(change.change(), planner.plan(change.change(), change.shape()));
            }
        } catch (UndecodableException | IllegalArgumentException e) {
            throw stopped(record, "a row change", e);
        }
    }

    private static WriterStoppedException stopped(
            ConsumerRecord<byte[], byte[]> record, String meant, RuntimeException cause) {
        return new WriterStoppedException(
                "The record at " + record.topic() + ", partition " + record.partition() + ", offset " + record.offset()
                        + " cannot be read as " + meant + ": " + cause.getMessage(),
                cause);
    }

    private static OptionalLong epoch(ConsumerRecord<byte[], byte[]> record) {
        Header header = record.headers().lastHeader(EPOCH_HEADER);
        return header == null
                ? OptionalLong.empty()
                : OptionalLong.of(Long.parseLong(new String(header.value(), StandardCharsets.US_ASCII)));
    }

    /** Returns when the attempt was sent that Redis replied to: no fence of it is older. */
    private Instant apply(List<KeyCommand> commands) {
        return untilAvailable(() -> {
            Instant sent = clock.instant();
            if (!commands.isEmpty()) {
                store.apply(commands).toCompletableFuture().join();
            }
            return sent;
        });
    }

    private Optional<CompletableFuture<Void>> redelete(ChangeApplier.Work work, Instant now) {
        List<KeyCommand> commands = work.redeleted(now);
        if (commands.isEmpty()) {
            return Optional.empty();
        }
        CompletableFuture<Void> done = new CompletableFuture<>();
        redelete(commands, work.redelete(), done);
        return Optional.of(done);
    }

    private void redelete(List<KeyCommand> commands, Duration delay, CompletableFuture<Void> done) {
        var unused = timer.schedule(
                () -> store.apply(commands).whenComplete((outcome, failure) -> {
                    if (failure == null) {
                        done.complete(null);
                    } else {
                        redelete(commands, POLL, done);
                    }
                }),
                delay.toMillis(),
                TimeUnit.MILLISECONDS);
    }

    private void acknowledge() {
        Instant now = clock.instant();
        if (snapshots.taken() != snapshotsHandled) {
            snapshotsHandled = snapshots.taken();
            acknowledgements.seen(snapshots.latest(), now);
        }
        Acknowledgements.Due due = acknowledgements.due(now);
        if (!due.isEmpty()) {
            Instant applied = apply(due.commands());
            due.sweeps().forEach(Runnable::run);
            acknowledgements.appliedAgain(now, applied);
        }
        if (acknowledgements.waiting()) {
            snapshots.want();
        }
        flushes.forEach(flush -> flush.advance(now));
        Map<TopicPartition, Long> offsets = acknowledgements.take();
        if (!offsets.isEmpty()) {
            consumer.commitAsync(metadata(offsets), (committed, failure) -> {
                if (failure != null) {
                    LOG.debug("A commit failed; a later one covers it", failure);
                }
            });
        }
        if (!ready.isDone() && isReady()) {
            ready.complete(null);
        }
    }

    private boolean isReady() {
        boolean controlRead = controlEnd
                .map(end -> consumer.position(new TopicPartition(topics.control(), 0)) >= end)
                .orElse(true);
        return assigned && controlRead && flushes.stream().allMatch(GapFlush::done);
    }

    /** Tries until it works or the writer stops; Kafka is kept content meanwhile. */
    private <T> T untilAvailable(Supplier<T> step) {
        while (true) {
            try {
                T result = step.get();
                backoff.reset();
                return result;
            } catch (CacheUnavailableException | SourceUnavailableException e) {
                await(e);
            } catch (CompletionException e) {
                if (!(e.getCause() instanceof CacheUnavailableException unavailable)) {
                    throw e;
                }
                await(unavailable);
            }
        }
    }

    private void await(RuntimeException unavailable) {
        Duration wait = backoff.next();
        LOG.warn("Trying again in {} ms: {}", wait.toMillis(), unavailable.getMessage());
        try {
            if (stopping.await(wait.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new WakeupException();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new WakeupException();
        }
        // What is read is not applied yet, so nothing more is read; the poll keeps our place in the group.
        consumer.pause(consumer.assignment());
        ConsumerRecords<byte[], byte[]> early = consumer.poll(Duration.ZERO);
        // A partition that was assigned within this poll was not paused: its records come again.
        early.partitions()
                .forEach(partition ->
                        consumer.seek(partition, early.records(partition).get(0).offset()));
    }

    private void commitLast() {
        Map<TopicPartition, Long> offsets = acknowledgements.take();
        try {
            if (!offsets.isEmpty()) {
                consumer.commitSync(metadata(offsets), Duration.ofSeconds(5));
            }
        } catch (RuntimeException e) {
            LOG.info("The last offsets were not committed; their changes are applied again at the next start", e);
        } finally {
            consumer.close(org.apache.kafka.clients.consumer.CloseOptions.timeout(Duration.ofSeconds(5)));
        }
    }

    private static Map<TopicPartition, OffsetAndMetadata> metadata(Map<TopicPartition, Long> offsets) {
        Map<TopicPartition, OffsetAndMetadata> metadata = new HashMap<>();
        offsets.forEach((partition, offset) -> metadata.put(partition, new OffsetAndMetadata(offset)));
        return metadata;
    }

    /** Partitions come and go with the group's members. */
    private final class Assignments implements ConsumerRebalanceListener {

        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
            Map<TopicPartition, OffsetAndMetadata> committed = consumer.committed(Set.copyOf(partitions));
            for (TopicPartition partition : partitions) {
                if (committed.get(partition) == null) {
                    consumer.seekToBeginning(List.of(partition));
                }
            }
            TopicPartition control = new TopicPartition(topics.control(), 0);
            if (partitions.contains(control)) {
                controlEnd = Optional.ofNullable(
                        consumer.endOffsets(List.of(control)).get(control));
            }
            assigned |= !consumer.assignment().isEmpty();
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
            Map<TopicPartition, Long> offsets = acknowledgements.take();
            try {
                if (!offsets.isEmpty()) {
                    consumer.commitSync(metadata(offsets), Duration.ofSeconds(5));
                }
            } catch (KafkaException e) {
                LOG.debug("Offsets of partitions that go were not committed; their next reader applies again", e);
            }
            onPartitionsLost(partitions);
        }

        @Override
        public void onPartitionsLost(Collection<TopicPartition> partitions) {
            acknowledgements.revoked(partitions);
            if (partitions.contains(new TopicPartition(topics.control(), 0))) {
                controlEnd = Optional.empty();
            }
        }
    }
}
