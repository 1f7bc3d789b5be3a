package dev.freshet.writer;

import dev.freshet.model.CacheMapping;
import dev.freshet.model.ControlRecord;
import dev.freshet.model.Position;
import dev.freshet.model.TableId;
import dev.freshet.model.Topics;
import dev.freshet.model.config.WriterConfig;
import dev.freshet.redis.CacheStore;
import dev.freshet.redis.KeyCommand;
import dev.freshet.redis.MarkerStore;
import dev.freshet.writer.WriterHealth.Obstacle;
import dev.freshet.writer.acknowledge.Acknowledgements;
import dev.freshet.writer.acknowledge.Snapshots;
import dev.freshet.writer.apply.ChangeApplier;
import dev.freshet.writer.catalogue.SourceUnavailableException;
import dev.freshet.writer.deadletter.DeadLetters;
import dev.freshet.writer.decode.Decoded;
import dev.freshet.writer.decode.RecordDecoder;
import dev.freshet.writer.decode.UndecodableException;
import dev.freshet.writer.failure.Reaction;
import dev.freshet.writer.failure.Retrying;
import dev.freshet.writer.metrics.ConsumerLag;
import dev.freshet.writer.metrics.FlushCause;
import dev.freshet.writer.metrics.WriterMetrics;
import dev.freshet.writer.place.Places;
import dev.freshet.writer.place.TopicIds;
import dev.freshet.writer.place.Watermarks;
import dev.freshet.writer.plan.CacheAction;
import dev.freshet.writer.plan.InvalidationPlanner;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The writer's one thread: polls, decodes, plans, applies, and commits what is acknowledged. Everything here is confined
 * to it, but for {@link #ready()} and {@link #stop()}.
 */
final class WriterLoop implements Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(WriterLoop.class);
    private static final Duration POLL = Duration.ofMillis(100);

    /** Above so many commands and sweeps that wait to be acknowledged, nothing more is read: their memory is bounded. */
    private static final int MOST_HELD = 500_000;

    /** How often offsets are kept and committed at most; a restart reads so much more again. */
    private static final Duration KEEP_EVERY = Duration.ofMillis(100);

    private static final Duration COMMIT_LIMIT = Duration.ofSeconds(5);

    /** How long the end waits for a snapshot. */
    private static final Duration LAST_SNAPSHOT = Duration.ofMillis(500);

    /** How soon it is noticed that Redis has lost writes, while nothing changes. */
    private static final Duration LOOK_EVERY = Duration.ofSeconds(1);

    private final Topics topics;
    private final Map<String, Set<TableId>> tables;
    private final WriterConfig config;
    private final Consumer<byte[], byte[]> consumer;
    private final RecordDecoder decoder;
    private final InvalidationPlanner planner;
    private final ChangeApplier applier;
    private final CacheStore store;
    private final DeadLetters deadLetters;
    private final Snapshots snapshots;
    private final Places places;
    private final Watermarks watermarks;
    private final TopicIds topicIds;
    private final Resuming resuming;
    private final Acknowledgements acknowledgements;
    private final ScheduledExecutorService timer;
    /** What the time is, beside records that say when they were written. */
    private final InstantSource day;
    /** How much time has passed. */
    private final InstantSource clock;

    private final CountDownLatch stopping = new CountDownLatch(1);
    private final WriterMetrics metrics;
    private final ConsumerLag lag;
    private final WriterHealth health;
    private final Retrying retrying;
    private final CompletableFuture<Void> ready = new CompletableFuture<>();
    private final Queue<CompletableFuture<Void>> askedForReady = new ConcurrentLinkedQueue<>();
    private final List<CompletableFuture<Void>> awaitingReady = new ArrayList<>();
    private final List<GapFlush> flushes = new ArrayList<>();
    private Optional<CompletableFuture<Void>> unfiling = Optional.empty();
    private Optional<Long> controlEnd = Optional.empty();
    private boolean assigned;
    private long snapshotsHandled;

    /** Applied for good, and neither kept in Redis nor committed yet. */
    private final Map<TopicPartition, Long> acknowledged = new HashMap<>();

    private Instant kept = Instant.EPOCH;
    private boolean behind;

    WriterLoop(
            Topics topics,
            WriterConfig config,
            Consumer<byte[], byte[]> consumer,
            RecordDecoder decoder,
            InvalidationPlanner planner,
            ChangeApplier applier,
            CacheStore store,
            DeadLetters deadLetters,
            Snapshots snapshots,
            Places places,
            Watermarks watermarks,
            TopicIds topicIds,
            Duration replay,
            ScheduledExecutorService timer,
            InstantSource day,
            InstantSource clock,
            WriterMetrics metrics,
            ConsumerLag lag) {
        this.metrics = metrics;
        this.lag = lag;
        this.health = new WriterHealth(metrics);
        this.retrying = new Retrying(stopping, health);
        this.topics = topics;
        this.tables =
                planner.tables().stream().collect(Collectors.groupingBy(topics::of, Collectors.toUnmodifiableSet()));
        this.config = config;
        this.consumer = consumer;
        this.decoder = decoder;
        this.planner = planner;
        this.applier = applier;
        this.store = store;
        this.deadLetters = deadLetters;
        this.snapshots = snapshots;
        this.places = places;
        this.watermarks = watermarks;
        this.topicIds = topicIds;
        this.resuming = new Resuming(consumer, places, topicIds, replay, day, clock, this::untilAvailable);
        this.acknowledgements = new Acknowledgements(config.fenceWindow());
        this.timer = timer;
        this.day = day;
        this.clock = clock;
    }

    /** Completes once what is committed from then on is applied, and what the attach had to flush is flushed. */
    CompletableFuture<Void> ready() {
        return ready;
    }

    /** Completes once that holds and all is read, too, that the control topic tells at the moment of this call. */
    CompletableFuture<Void> readyAsOfNow() {
        CompletableFuture<Void> asked = new CompletableFuture<>();
        askedForReady.add(asked);
        return asked;
    }

    /** What stands against changes being applied soon. */
    WriterHealth health() {
        return health;
    }

    void stop() {
        stopping.countDown();
        consumer.wakeup();
    }

    @Override
    public void run() {
        try {
            Set<String> subscription = new HashSet<>(tables.keySet());
            subscription.add(topics.control());
            consumer.subscribe(subscription, new Assignments());
            while (stopping.getCount() > 0) {
                handle(poll());
                acknowledge();
                flushRedefined();
                readAgain(resuming.madeAnew());
                resume();
            }
        } catch (WakeupException e) {
            LOG.debug("Stopping");
        } catch (RuntimeException e) {
            throw WriterStoppedException.because(e);
        } finally {
            commitLast();
        }
    }

    private ConsumerRecords<byte[], byte[]> poll() {
        if (acknowledgements.held() > MOST_HELD || deadLetters.full()) {
            consumer.pause(consumer.assignment());
        } else {
            Set<TopicPartition> waiting = new HashSet<>(consumer.paused());
            waiting.removeAll(resuming.waiting());
            consumer.resume(waiting);
        }
        return retrying.untilAvailable(this::read, () -> {});
    }

    private ConsumerRecords<byte[], byte[]> read() {
        try {
            return consumer.poll(POLL);
        } catch (OffsetOutOfRangeException e) {
            Set<TopicPartition> lost = e.offsetOutOfRangePartitions().keySet();
            acknowledgements.revoked(lost);
            watermarks.revoked(lost);
            acknowledged.keySet().removeAll(lost);
            // What is gone was behind the oldest record, or the log ends before what was read of it.
            Map<TopicPartition, Long> starts = consumer.beginningOffsets(lost);
            starts.forEach(consumer::seek);
            missed(starts, "Kafka does not hold what comes next: " + e.offsetOutOfRangePartitions());
            return ConsumerRecords.empty();
        }
    }

    private void handle(ConsumerRecords<byte[], byte[]> records) {
        if (records.isEmpty()) {
            return;
        }
        lag.read(records);
        ChangeApplier.Work work = applier.work(snapshots.latest());
        Map<TopicPartition, Long> next = new HashMap<>();
        List<CompletableFuture<Void>> settling = new ArrayList<>();
        Parking parking = new Parking(topics, tables, deadLetters, metrics);
        for (ConsumerRecord<byte[], byte[]> record : records) {
            take(record, work, parking).ifPresent(flush -> settling.add(flush.settled()));
            next.put(new TopicPartition(record.topic(), record.partition()), record.offset() + 1);
        }
        settling.add(parking.start(work));
        if (parking.mayHideAGap()) {
            settling.add(flush(FlushCause.UNREADABLE, mapping -> true, Optional.empty())
                    .settled());
        }
        Map<String, List<KeyCommand>> commands = work.commandsByCache(day.instant());
        Instant applied = apply(() -> work.apply(commands));
        lag.applied(next);
        settling.add(work.startWide());
        redelete(work).ifPresent(settling::add);
        if (!work.transactions().isEmpty()) {
            snapshots.want();
        }
        acknowledgements.applied(
                next,
                work.transactions(),
                commands.values().stream().flatMap(List::stream).toList(),
                work.sweeps(),
                CompletableFuture.allOf(settling.toArray(CompletableFuture[]::new)),
                applied);
    }

    /** Decodes and plans one record; one that cannot be is set aside to be parked. */
    private Optional<GapFlush> take(ConsumerRecord<byte[], byte[]> record, ChangeApplier.Work work, Parking parking) {
        try {
            if (record.topic().equals(topics.control())) {
                return control(record);
            }
            plan(record, work);
        } catch (RuntimeException e) {
            if (Reaction.to(e, Reaction.At.RECORD) != Reaction.PARK) {
                throw e;
            }
            parking.add(record, e, isAppliedBefore(record));
        }
        return Optional.empty();
    }

    private Optional<GapFlush> control(ConsumerRecord<byte[], byte[]> record) {
        ControlRecord told = parse(record);
        if (told instanceof ControlRecord.Heartbeat beat) {
            watermarks.heard(record.offset(), beat);
        }
        if (!(told instanceof ControlRecord.Gap gap)) {
            return Optional.empty();
        }
        metrics.gap();
        boolean all = gap.tables().isEmpty();
        if (all && gap.epoch() <= 1 && config.onAttach() == WriterConfig.OnAttach.KEEP) {
            LOG.info("First attach; the mapped caches are kept, as on-attach says");
            return Optional.empty();
        }
        LOG.warn("The mapped caches{} are flushed: {}", all ? "" : " of " + gap.tables(), gap.reason());
        GapFlush flush = flush(
                FlushCause.GAP,
                mapping -> all || gap.tables().contains(mapping.table()),
                Optional.of(new Position(gap.epoch(), gap.lsn(), gap.lsn())));
        if (all) {
            var unused = flush.settled().thenRun(() -> acknowledgements.flushed(gap.epoch()));
        }
        return Optional.of(flush);
    }

    private GapFlush flush(FlushCause cause, Predicate<CacheMapping> meant, Optional<Position> position) {
        metrics.flush(cause);
        GapFlush flush = GapFlush.start(applier, snapshots, meant, position, clock.instant());
        flushes.add(flush);
        return flush;
    }

    private static ControlRecord parse(ConsumerRecord<byte[], byte[]> record) {
        try {
            return ControlRecord.parse(record.value());
        } catch (IllegalArgumentException e) {
            // Without the cause: its message may quote what it read.
            throw new UndecodableException("the value is no control record");
        }
    }

    private void plan(ConsumerRecord<byte[], byte[]> record, ChangeApplier.Work work) {
        OptionalLong epoch = EpochHeader.read(record.headers());
        Decoded decoded = untilAvailable(() -> decoder.decode(record.value(), epoch));
        if (decoded instanceof Decoded.Change change) {
            metrics.change(change.change());
            List<CacheAction> actions = planner.plan(change.change(), change.shape());
            boolean again = isAppliedBefore(record);
            work.add(
                    change.change(),
                    again ? actions.stream().map(CacheAction::withoutStoring).toList() : actions,
                    epoch);
        }
    }

    private boolean isAppliedBefore(ConsumerRecord<byte[], byte[]> record) {
        return places.isAppliedBefore(new TopicPartition(record.topic(), record.partition()), record.offset());
    }

    /** Returns when the attempt was sent that Redis replied to: no fence of it is older. */
    private Instant apply(Supplier<CompletableFuture<?>> attempt) {
        return untilAvailable(() -> {
            Instant sent = clock.instant();
            attempt.get().join();
            return sent;
        });
    }

    private CompletableFuture<?> applyAgain(List<KeyCommand> commands) {
        return commands.isEmpty()
                ? CompletableFuture.completedFuture(null)
                : store.apply(commands).toCompletableFuture();
    }

    private Optional<CompletableFuture<Void>> redelete(ChangeApplier.Work work) {
        List<KeyCommand> commands = work.redeleted(day.instant());
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
            Instant applied = apply(() -> applyAgain(due.commands()));
            due.sweeps().forEach(Runnable::run);
            acknowledgements.appliedAgain(now, applied);
        }
        if (acknowledgements.waiting()) {
            snapshots.want();
        }
        if (unfiling.filter(CompletableFuture::isDone).isPresent()) {
            places.unfiled();
            unfiling = Optional.empty();
        }
        flushes.forEach(flush -> flush.advance(now));
        flushes.removeIf(flush -> flush.settled().isDone());
        acknowledged.putAll(acknowledgements.take());
        boolean moves = !acknowledged.isEmpty() || watermarks.waiting();
        if (!places.standing() || now.isAfter(kept.plus(moves ? KEEP_EVERY : LOOK_EVERY))) {
            keep(now);
        }
        metrics.standing(flushes.size(), acknowledgements.held());
        health.found(obstacles());
        tellWhetherReady();
    }

    private void tellWhetherReady() {
        TopicPartition control = new TopicPartition(topics.control(), 0);
        int before = awaitingReady.size();
        for (var asked = askedForReady.poll(); asked != null; asked = askedForReady.poll()) {
            awaitingReady.add(asked);
        }
        // After they were taken: what was told before a call stands before this end.
        if (awaitingReady.size() > before && consumer.assignment().contains(control)) {
            controlEnd = endOf(control);
        }
        if ((!ready.isDone() || !awaitingReady.isEmpty()) && isReady()) {
            ready.complete(null);
            awaitingReady.forEach(awaiting -> awaiting.complete(null));
            awaitingReady.clear();
        }
    }

    private Optional<Long> endOf(TopicPartition partition) {
        return Optional.ofNullable(retrying.untilAvailable(() -> consumer.endOffsets(List.of(partition)), () -> {})
                .get(partition));
    }

    /** Redis first, then Kafka: what Kafka holds and Redis does not is then what Redis has lost. */
    private void keep(Instant now) {
        boolean replaying = places.replaying();
        MarkerStore.Marked marked = untilAvailable(() -> places.keep(acknowledged));
        kept = now;
        if (marked == MarkerStore.Marked.LOST) {
            metrics.redisLoss();
            LOG.warn("Redis was restarted, failed over or flushed; looking what it still holds");
            Set<TopicPartition> judged = new HashSet<>(consumer.assignment());
            judged.removeAll(resuming.waiting());
            readAgain(judged);
        } else if (marked == MarkerStore.Marked.NOT_REPLICATED) {
            if (!behind) {
                LOG.warn("Too few replicas of Redis follow: nothing is acknowledged until they do");
            }
            behind = true;
        } else {
            behind = false;
            watermarks.move();
            Map<TopicPartition, OffsetAndMetadata> offsets = commits();
            if (!offsets.isEmpty()) {
                consumer.commitAsync(offsets, (committed, failure) -> {
                    if (failure != null) {
                        LOG.debug("A commit failed; a later one covers it", failure);
                    }
                });
            }
        }
        if (replaying && !places.replaying()) {
            LOG.info("What Redis had lost is applied again");
        }
    }

    private Map<TopicPartition, OffsetAndMetadata> commits() {
        Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
        acknowledged.forEach((partition, offset) -> {
            // A wait within a batch may have polled, and given a partition of the batch away.
            if (places.hold(partition) && !places.isAppliedBefore(partition, offset)) {
                offsets.put(partition, new OffsetAndMetadata(offset));
            }
        });
        acknowledged.clear();
        return offsets;
    }

    private void readAgain(Collection<TopicPartition> partitions) {
        acknowledgements.revoked(partitions);
        watermarks.revoked(partitions);
        acknowledged.keySet().removeAll(partitions);
        resuming.add(partitions.stream()
                .collect(Collectors.toMap(
                        partition -> partition, partition -> OptionalLong.of(consumer.position(partition)))));
    }

    /** Goes on with what was assigned or is to be read again, and makes good for what was lost meanwhile. */
    private void resume() {
        resuming.resume().ifPresent(resumed -> {
            resumed.partitions().stream()
                    .filter(consumer.assignment()::contains)
                    .forEach(partition -> lag.reading(partition, consumer.position(partition)));
            untilAvailable(() -> applier.publishPatterns(topics.pipeline()).join());
            if (!resumed.gaps().isEmpty()) {
                Map<TopicPartition, Long> starts = new HashMap<>(resumed.starts());
                starts.keySet().retainAll(resumed.gaps().keySet());
                missed(starts, resumed.gaps().toString());
            }
            if (!resumed.replayed().isEmpty()) {
                clear(resumed.replayed());
            }
            seeToMappings(resumed.partitions());
        });
    }

    /** Redis holds nothing of what was applied to it: it is empty, or holds what stood there long ago. */
    private void clear(Map<TopicPartition, Long> from) {
        acknowledgements.applied(
                from, Map.of(), List.of(), List.of(), applier.clear(mappingsOf(from.keySet())), clock.instant());
    }

    /** Changes are missing on Kafka: nothing read from there on is acknowledged before the flush is over. */
    private void missed(Map<TopicPartition, Long> starts, String reason) {
        LOG.warn("Changes may have been missed, so mapped caches are flushed: {}", reason);
        GapFlush flush = flush(FlushCause.MISSED, mappingsOf(starts.keySet()), Optional.empty());
        acknowledgements.applied(starts, Map.of(), List.of(), List.of(), flush.settled(), clock.instant());
    }

    /** The mappings whose changes come there; of the control topic, which tells of gaps, all. */
    private Predicate<CacheMapping> mappingsOf(Collection<TopicPartition> partitions) {
        Set<TableId> concerned = partitions.stream()
                .flatMap(partition -> tables.getOrDefault(partition.topic(), planner.tables()).stream())
                .collect(Collectors.toSet());
        return mapping -> concerned.contains(mapping.table());
    }

    /** No change tells that its table was altered, so what was decoded meanwhile may have been misread. */
    private void flushRedefined() {
        Set<TableId> redefined;
        try {
            redefined = decoder.redefined();
        } catch (SourceUnavailableException e) {
            return; // Nobody can alter a table meanwhile; it is asked again.
        }
        if (!redefined.isEmpty()) {
            LOG.warn(
                    "Column types or replica identity of {} have changed, so their mapped caches are flushed",
                    redefined);
            flush(FlushCause.REDEFINED, mapping -> redefined.contains(mapping.table()), Optional.empty());
        }
    }

    /** Done by the one writer that reads the control topic; where nobody writes one, the first of the tables' topics. */
    private void seeToMappings(Set<TopicPartition> resumed) {
        TopicPartition control = new TopicPartition(topics.control(), 0);
        if (resumed.contains(control)) {
            flushChangedMappings(true);
        } else if (!consumer.assignment().contains(control) && readsFirstOfForeignTopics(resumed)) {
            LOG.warn(
                    "There is no topic {}: nobody tells of gaps in the tables' topics, nor how fresh the caches are, as where"
                            + " another Debezium writes them",
                    control.topic());
            flushChangedMappings(false);
        }
    }

    private boolean readsFirstOfForeignTopics(Set<TopicPartition> resumed) {
        Set<String> all = new HashSet<>(tables.keySet());
        all.add(topics.control());
        Set<String> standing = untilAvailable(
                        () -> topicIds.of(all).toCompletableFuture().join())
                .keySet();
        return !standing.contains(topics.control())
                && standing.stream()
                        .sorted()
                        .limit(1)
                        .anyMatch(first -> resumed.contains(new TopicPartition(first, 0)));
    }

    /** What was filed on a server that another has taken the place of stands elsewhere, and no change of its tags finds it. */
    private void clearLostFilings() {
        Set<CacheMapping> lost = places.lostFilings();
        if (lost.isEmpty()) {
            unfiling = Optional.empty();
            return;
        }
        LOG.warn(
                "A primary of the Redis Cluster is another server than before, which may not know what is filed under tags; so"
                        + " these caches are emptied: {}",
                lost.stream().map(CacheMapping::name).sorted().collect(Collectors.joining(", ")));
        unfiling = Optional.of(applier.clear(lost::contains));
    }

    /** What stands of a mapping that is new, or was another, no change has reached. */
    private void flushChangedMappings(boolean attachIsTold) {
        clearLostFilings();
        Set<CacheMapping> changed = places.changedMappings(attachIsTold);
        if (changed.isEmpty()) {
            return;
        }
        String names = changed.stream().map(CacheMapping::name).sorted().collect(Collectors.joining(", "));
        if (config.onAttach() == WriterConfig.OnAttach.KEEP) {
            LOG.info("New or changed caches are kept, as on-attach says: {}", names);
            places.adopt(changed);
        } else {
            LOG.warn("Caches are flushed because they are new or their mapping has changed: {}", names);
            var unused = flush(FlushCause.MAPPING, changed::contains, Optional.empty())
                    .settled()
                    .thenRun(() -> places.adopt(changed));
        }
    }

    private Set<Obstacle> obstacles() {
        Set<Obstacle> now = EnumSet.noneOf(Obstacle.class);
        note(now, Obstacle.UNASSIGNED, !assigned);
        note(now, Obstacle.JUDGING, !resuming.waiting().isEmpty() || (assigned && !places.standing()));
        note(now, Obstacle.REPLAYING, places.replaying());
        note(now, Obstacle.FLUSHING, !flushes.stream().allMatch(GapFlush::done) || unfiling.isPresent());
        note(now, Obstacle.REPLICAS, behind);
        return now;
    }

    private static void note(Set<Obstacle> obstacles, Obstacle one, boolean stands) {
        if (stands) {
            obstacles.add(one);
        }
    }

    private boolean isReady() {
        boolean controlRead = controlEnd
                .map(end -> consumer.position(new TopicPartition(topics.control(), 0)) >= end)
                .orElse(true);
        Set<Obstacle> standing = obstacles();
        standing.remove(Obstacle.REPLICAS);
        return controlRead && standing.isEmpty();
    }

    /** Tries until it works or the writer stops; our place in the consumer group is kept meanwhile. */
    private <T> T untilAvailable(Supplier<T> step) {
        return retrying.untilAvailable(step, this::keepPlace);
    }

    private void keepPlace() {
        // What is read is not applied yet, so nothing more is read; the poll keeps our place in the group.
        consumer.pause(consumer.assignment());
        ConsumerRecords<byte[], byte[]> early;
        try {
            early = consumer.poll(Duration.ZERO);
        } catch (OffsetOutOfRangeException e) {
            // A reply that was under way. The next one, to the loop's own poll, says the same.
            return;
        }
        // A partition that was assigned within this poll was not paused: its records come again.
        early.partitions()
                .forEach(partition ->
                        consumer.seek(partition, early.records(partition).get(0).offset()));
    }

    private void commitLast() {
        try {
            awaitVisible();
            commitNow();
        } catch (RuntimeException e) {
            LOG.info("The last offsets were not committed; their changes are applied again at the next start", e);
        } finally {
            consumer.close(org.apache.kafka.clients.consumer.CloseOptions.timeout(Duration.ofSeconds(5)));
        }
    }

    /** What was applied last is acknowledged as well where a snapshot that is due anyway sees it. */
    private void awaitVisible() {
        long begun = snapshots.taken();
        if (acknowledgements.waiting() && snapshots.await(begun + 2, LAST_SNAPSHOT)) {
            acknowledgements.seen(snapshots.latest(), clock.instant());
        }
    }

    private void commitNow() {
        acknowledged.putAll(acknowledgements.take());
        if (!acknowledged.isEmpty() && places.keep(acknowledged) == MarkerStore.Marked.DONE) {
            Map<TopicPartition, OffsetAndMetadata> offsets = commits();
            try {
                consumer.commitSync(offsets, COMMIT_LIMIT);
            } catch (WakeupException e) {
                // The wish to stop came while nothing was awaited; it is told to whoever waits next.
                consumer.commitSync(offsets, COMMIT_LIMIT);
            }
        }
    }

    /** Partitions come and go with the group's members. */
    private final class Assignments implements ConsumerRebalanceListener {

        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
            Map<TopicPartition, OffsetAndMetadata> committed =
                    retrying.untilAvailable(() -> consumer.committed(Set.copyOf(partitions)), () -> {});
            Map<TopicPartition, OptionalLong> reached = new HashMap<>();
            for (TopicPartition partition : partitions) {
                OffsetAndMetadata offset = committed.get(partition);
                if (offset == null) {
                    consumer.seekToBeginning(List.of(partition));
                }
                reached.put(partition, offset == null ? OptionalLong.empty() : OptionalLong.of(offset.offset()));
            }
            resuming.add(reached);
            TopicPartition control = new TopicPartition(topics.control(), 0);
            if (partitions.contains(control)) {
                controlEnd = endOf(control);
            }
            assigned |= !consumer.assignment().isEmpty();
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
            try {
                commitNow();
            } catch (KafkaException | CompletionException e) {
                LOG.debug("Offsets of partitions that go were not committed; their next reader applies again", e);
            }
            onPartitionsLost(partitions);
        }

        @Override
        public void onPartitionsLost(Collection<TopicPartition> partitions) {
            acknowledgements.revoked(partitions);
            acknowledged.keySet().removeAll(partitions);
            resuming.revoked(partitions);
            places.revoked(partitions);
            watermarks.revoked(partitions);
            lag.revoked(partitions);
            if (partitions.contains(new TopicPartition(topics.control(), 0))) {
                controlEnd = Optional.empty();
            }
        }
    }
}
