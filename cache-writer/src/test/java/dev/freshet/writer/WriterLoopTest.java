package dev.freshet.writer;

import static dev.freshet.writer.CacheWriterIT.change;
import static dev.freshet.writer.CacheWriterIT.row;
import static dev.freshet.writer.Tables.BOOKS;
import static dev.freshet.writer.Tables.column;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.model.CacheMapping;
import dev.freshet.model.ControlRecord;
import dev.freshet.model.LogPosition;
import dev.freshet.model.Lsn;
import dev.freshet.model.Snapshot;
import dev.freshet.model.TableId;
import dev.freshet.model.Topics;
import dev.freshet.model.Watermark;
import dev.freshet.model.config.HostPort;
import dev.freshet.model.config.WriterConfig;
import dev.freshet.redis.Fence;
import dev.freshet.redis.MarkerStore;
import dev.freshet.redis.MarkerStore.Replicas;
import dev.freshet.writer.acknowledge.Snapshots;
import dev.freshet.writer.apply.CacheRules;
import dev.freshet.writer.apply.ChangeApplier;
import dev.freshet.writer.deadletter.DeadLetters;
import dev.freshet.writer.decode.RecordDecoder;
import dev.freshet.writer.metrics.ConsumerLag;
import dev.freshet.writer.metrics.WriterMetrics;
import dev.freshet.writer.place.Places;
import dev.freshet.writer.place.Watermarks;
import dev.freshet.writer.plan.InvalidationPlanner;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The loop, step by step: what is scheduled happens poll by poll, on the test's thread. */
@Timeout(30)
final class WriterLoopTest {

    private static final Duration WINDOW = Duration.ofSeconds(30);
    private static final TopicPartition TABLE = new TopicPartition("shop.public.books", 0);
    private static final TopicPartition CONTROL = new TopicPartition("shop.control", 0);

    private final MockConsumer<byte[], byte[]> kafka = new MockConsumer<>("none") {
        @Override
        public synchronized Map<TopicPartition, OffsetAndTimestamp> offsetsForTimes(Map<TopicPartition, Long> times) {
            return times.entrySet().stream()
                    .collect(Collectors.toMap(Map.Entry::getKey, time -> new OffsetAndTimestamp(0, time.getValue())));
        }

        // As KafkaConsumer: a wake-up that no poll was waiting for ends the next thing that waits.
        private boolean woken;

        @Override
        public synchronized void wakeup() {
            woken = true;
            super.wakeup();
        }

        @Override
        public synchronized ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
            try {
                return super.poll(timeout);
            } catch (WakeupException e) {
                woken = false;
                throw e;
            }
        }

        @Override
        public synchronized void commitSync(Map<TopicPartition, OffsetAndMetadata> offsets, Duration timeout) {
            if (woken) {
                woken = false;
                throw new WakeupException();
            }
            super.commitSync(offsets, timeout);
            committedAtTheEnd.putAll(offsets);
        }
    };
    private final Map<TopicPartition, OffsetAndMetadata> committedAtTheEnd = new HashMap<>();
    private Runnable whileDecoding = () -> {};
    private final MockProducer<byte[], byte[]> deadLetterTopic =
            new MockProducer<>(false, null, new ByteArraySerializer(), new ByteArraySerializer());
    private final RecordingStore store = new RecordingStore().promptly();
    private final ManualTimer timer = new ManualTimer();
    private final ManualTimer snapshotTimer = new ManualTimer();
    private final FakeMarker markers = new FakeMarker();
    private final Map<String, String> topicIds = new HashMap<>(Map.of(TABLE.topic(), "t1", CONTROL.topic(), "c1"));
    private Instant now = Instant.now();
    private Snapshot visible = Snapshot.parse("100:100:");
    private WriterLoop loop = loop(WriterConfig.OnAttach.KEEP);

    private WriterLoop loop(WriterConfig.OnAttach onAttach) {
        return loop(onAttach, List.of(Mappings.key("book", "book:{id}")));
    }

    private WriterLoop loop(WriterConfig.OnAttach onAttach, List<CacheMapping> mappings) {
        return new WriterLoop(
                new Topics("shop"),
                new WriterConfig(new HostPort("127.0.0.1", 0), onAttach, WINDOW, Optional.empty()),
                kafka,
                new RecordDecoder(
                        Set.of(BOOKS),
                        Tables.catalogue(Tables.keyed(
                                BOOKS, column("id", "int4"), column("title", "text"), column("author", "int4"))),
                        (shape, row) -> {
                            whileDecoding.run();
                            return row;
                        },
                        InstantSource.system()),
                InvalidationPlanner.of(mappings),
                new ChangeApplier(store, new CacheRules(mappings), timer, WINDOW, request -> {}, WriterMetrics.none()),
                store,
                new DeadLetters(
                        "shop",
                        "shop.dead-letters",
                        () -> deadLetterTopic,
                        () -> {},
                        new ManualTimer(),
                        InstantSource.system(),
                        new Random(1)),
                Snapshots.start(() -> visible, snapshotTimer, Duration.ofMillis(100)),
                new Places(markers, "shop", Replicas.NONE, mappings),
                new Watermarks(markers, markers, new Topics("shop"), TABLE.topic()::equals),
                topics -> CompletableFuture.completedStage(topicIds),
                Duration.ofSeconds(60),
                timer,
                () -> now,
                () -> now,
                WriterMetrics.none(),
                new ConsumerLag(
                        new SimpleMeterRegistry(),
                        partitions -> CompletableFuture.completedStage(Map.of()),
                        InstantSource.system()));
    }

    private void assign() {
        kafka.updateBeginningOffsets(Map.of(TABLE, 0L, CONTROL, 0L));
        kafka.updateEndOffsets(Map.of(TABLE, 0L, CONTROL, 0L));
        kafka.rebalance(List.of(TABLE, CONTROL));
    }

    private void record(long offset, String value) {
        kafka.addRecord(new ConsumerRecord<>(
                TABLE.topic(), TABLE.partition(), offset, null, value.getBytes(StandardCharsets.UTF_8)));
    }

    private Optional<Long> committed() {
        return Optional.ofNullable(kafka.committed(Set.of(TABLE)).get(TABLE)).map(offset -> offset.offset());
    }

    private void run(Runnable... polls) {
        for (Runnable poll : polls) {
            kafka.schedulePollTask(() -> {
                now = now.plusMillis(200);
                poll.run();
            });
        }
        kafka.schedulePollTask(loop::stop);
        loop.run();
    }

    @Test
    void aWishToStopThatComesAmidABatchDoesNotKeepItFromBeingCommitted() {
        run(this::assign, () -> record(0, change("u", "null", row(1, "a"))), () -> {
            record(1, change("u", "null", row(2, "a")));
            whileDecoding = () -> {
                whileDecoding = () -> {};
                snapshotTimer.pass(Duration.ofMillis(100));
                now = now.minusMillis(150); // not yet time for the next commit
                loop.stop();
            };
        });

        assertThat(committedAtTheEnd).containsEntry(TABLE, new OffsetAndMetadata(2));
    }

    @Test
    void whatWasFiledOnAServerThatIsGoneIsRemovedWhateverIsKeptAtAnAttach() {
        loop = loop(
                WriterConfig.OnAttach.KEEP,
                List.of(Mappings.key("book", "book:{id}"), Mappings.tag("shelf", "author:{author}", "shelf:*")));
        markers.fields.put(MarkerStore.FILINGS_LOST, "perhaps");

        run(
                this::assign,
                () -> {
                    assertThat(store.calls())
                            .filteredOn(call -> call.name().equals("sweep"))
                            .extracting(RecordingStore.Call::what)
                            .containsExactly("shelf:*");
                    assertThat(markers.fields).containsKey(MarkerStore.FILINGS_LOST);
                },
                () -> assertThat(markers.fields).doesNotContainKey(MarkerStore.FILINGS_LOST));
    }

    @Test
    void theOffsetOfAParkedRecordWaitsForKafkaAndForTheSweep() {
        run(
                this::assign,
                () -> {
                    record(0, change("u", "null", row(1, "a")));
                    record(1, "s3cret");
                    record(2, "s3cret, too");
                    record(3, change("u", "null", row(2, "a")));
                },
                () -> {
                    assertThat(store.names()).containsExactly("publish", "apply", "fence", "sweep");
                    assertThat(deadLetterTopic.history()).hasSize(2);
                    snapshotTimer.pass(Duration.ofMillis(100));
                },
                () -> {
                    deadLetterTopic.completeNext();
                    timer.pass(WINDOW.dividedBy(2));
                },
                () -> {
                    assertThat(store.names()).endsWith("take back");
                    assertThat(committed())
                            .describedAs("the second is not stored")
                            .isEmpty();
                    deadLetterTopic.completeNext();
                },
                () -> {},
                () -> assertThat(committed()).contains(4L));
    }

    @Test
    void theWatermarkWaitsForWhatIsAppliedAndNotVisibleYet() {
        Watermark due = new Watermark(LogPosition.parse("7:1:0/10"), Instant.EPOCH);
        run(
                this::assign,
                () -> {
                    record(0, change("u", "null", row(1, "a"), 300));
                    kafka.addRecord(new ConsumerRecord<>(
                            CONTROL.topic(),
                            CONTROL.partition(),
                            0,
                            null,
                            new ControlRecord.Heartbeat(
                                            due.position(), due.sourceTime(), Map.of(TABLE.topic(), List.of(1L)))
                                    .toJson()));
                },
                () -> {},
                () -> {
                    assertThat(store.names()).contains("apply");
                    assertThat(markers.watermark).isEmpty();
                    visible = Snapshot.parse("400:400:");
                    snapshotTimer.pass(Duration.ofMillis(100));
                },
                () -> {},
                () -> assertThat(markers.watermark).contains(due));
    }

    @Test
    void anEpochThatIsNoNumberIsParked() {
        run(
                this::assign,
                () -> {
                    ConsumerRecord<byte[], byte[]> record = sized(0, new byte[0]);
                    record.headers().add("freshet.epoch", "s3cret".getBytes(StandardCharsets.UTF_8));
                    kafka.addRecord(record);
                },
                () -> {
                    assertThat(deadLetterTopic.history()).hasSize(1);
                    assertThat(deadLetterTopic.history().get(0).headers())
                            .anyMatch(header -> new String(header.value(), StandardCharsets.UTF_8)
                                    .equals("the header freshet.epoch is no number"));
                });
    }

    @Test
    void aSweepThatIsUnderWayHoldsTheOffsetToo() {
        run(
                this::assign,
                () -> record(0, "s3cret"),
                () -> deadLetterTopic.completeNext(),
                () -> {},
                () -> {
                    assertThat(committed()).describedAs("a fill may still come").isEmpty();
                    timer.pass(WINDOW.dividedBy(2));
                },
                () -> {},
                () -> assertThat(committed()).contains(1L));
    }

    @Test
    void nothingMoreIsReadWhileTooMuchWaitsToBeParked() {
        byte[] large = new byte[40 << 20];
        run(
                this::assign,
                () -> {
                    kafka.addRecord(sized(0, large));
                    kafka.addRecord(sized(1, large));
                },
                () -> {
                    assertThat(kafka.paused()).containsExactlyInAnyOrder(TABLE, CONTROL);
                    deadLetterTopic.completeNext();
                    deadLetterTopic.completeNext();
                },
                () -> assertThat(kafka.paused()).isEmpty());
    }

    private static ConsumerRecord<byte[], byte[]> sized(long offset, byte[] value) {
        return new ConsumerRecord<>(
                TABLE.topic(),
                TABLE.partition(),
                offset,
                0,
                TimestampType.CREATE_TIME,
                -1,
                value.length,
                null,
                value,
                new RecordHeaders(),
                Optional.empty());
    }

    @Test
    void aKafkaThatIsAwayIsWaitedFor() {
        run(
                () -> kafka.setPollException(new TimeoutException("no coordinator")),
                () -> {
                    kafka.updateBeginningOffsets(Map.of(TABLE, 0L, CONTROL, 0L));
                    kafka.updateEndOffsets(Map.of(TABLE, 0L, CONTROL, 0L));
                    kafka.setOffsetsException(new TimeoutException("no leader"));
                    kafka.rebalance(List.of(TABLE, CONTROL));
                },
                () -> record(0, change("u", "null", row(1, "a"))),
                () -> {
                    assertThat(store.names()).containsExactly("publish", "apply");
                    assertThat(loop.ready()).isCompleted();
                });
    }

    @Test
    void readyAsOfNowCountsAGapThatIsToldAfterTheStart() {
        List<CompletableFuture<Void>> asked = new ArrayList<>();
        run(
                this::assign,
                () -> {},
                () -> {},
                () -> {
                    assertThat(loop.ready()).isCompleted();
                    kafka.updateEndOffsets(Map.of(TABLE, 0L, CONTROL, 1L));
                    asked.add(loop.readyAsOfNow());
                },
                () -> {
                    assertThat(asked.get(0))
                            .describedAs("the gap is told and not read")
                            .isNotDone();
                    control(0, new ControlRecord.Gap("the first attach", Set.of(), new Lsn(7), 1, Instant.now()));
                },
                () -> {},
                () -> {},
                () -> assertThat(asked.get(0)).isCompleted());
    }

    @Test
    void whatOnlyAPersonCanMendEndsIt() {
        assertThatThrownBy(() -> run(
                        this::assign,
                        () -> kafka.setPollException(new TopicAuthorizationException(Set.of(TABLE.topic())))))
                .isInstanceOf(WriterStoppedException.class)
                .hasMessage("TopicAuthorizationException: Not authorized to access topics: [shop.public.books]");
        assertThat(kafka.closed()).isTrue();
    }

    @Test
    void aDefectEndsItWithoutQuotingAnything() {
        assertThatThrownBy(() -> run(this::assign, () -> {
                    throw new IllegalStateException("s3cret");
                }))
                .isInstanceOf(WriterStoppedException.class)
                .hasMessageStartingWith("IllegalStateException: thrown below dev.freshet.")
                .hasMessageNotContaining("s3cret")
                .hasNoCause();
    }

    // ------------------------------------------------------------ what Redis and Kafka forget

    private void settle() {
        snapshotTimer.pass(Duration.ofMillis(100));
    }

    private void later() {
        now = now.plusSeconds(2);
    }

    private String place() {
        return markers.fields.getOrDefault(TABLE.topic() + "/0", "none");
    }

    @Test
    void offsetsAreKeptInRedisBeforeKafkaHearsOfThem() {
        markers.replicated = false;
        run(
                this::assign,
                () -> record(0, change("u", "null", row(1, "a"))),
                this::settle,
                () -> {},
                () -> {
                    assertThat(place()).isEqualTo("t1:1");
                    assertThat(committed())
                            .describedAs("too few replicas hold it")
                            .isEmpty();
                    markers.replicated = true;
                    later();
                },
                () -> {},
                () -> assertThat(committed()).contains(1L));
    }

    @Test
    void whatRedisHasLostIsAppliedAgainFromWhereItFellBackTo() {
        run(
                this::assign,
                () -> record(0, change("u", "null", row(1, "a"))),
                this::settle,
                () -> {},
                () -> {
                    assertThat(place()).isEqualTo("t1:1");
                    record(1, change("u", "null", row(2, "a")));
                    later();
                },
                this::settle,
                () -> {},
                () -> {
                    assertThat(place()).isEqualTo("t1:2");
                    assertThat(store.names()).containsExactly("publish", "apply", "apply");
                    markers.fields.put(TABLE.topic() + "/0", "t1:1");
                    markers.server = "another";
                    later();
                },
                () -> {
                    assertThat(kafka.position(TABLE)).isEqualTo(1);
                    assertThat(store.names()).containsExactly("publish", "apply", "apply", "publish");
                    record(1, change("u", "null", row(2, "a")));
                },
                () -> assertThat(store.names()).endsWith("publish", "apply"),
                this::settle,
                this::later,
                () -> {},
                () -> {
                    assertThat(place()).isEqualTo("t1:2");
                    assertThat(committed()).contains(2L);
                });
    }

    @Test
    void aFirstAttachOfWhichNobodyTellsFlushesTheMappedCaches() {
        topicIds.remove(CONTROL.topic());
        loop = loop(WriterConfig.OnAttach.FLUSH);
        run(
                () -> {
                    kafka.updateBeginningOffsets(Map.of(TABLE, 0L));
                    kafka.updateEndOffsets(Map.of(TABLE, 0L));
                    kafka.rebalance(List.of(TABLE));
                },
                () -> {},
                () -> assertThat(store.names()).containsExactly("publish", "fence", "sweep"));
    }

    @Test
    void aFirstAttachOfWhichTheListenerTellsIsNotFlushedTwice() {
        loop = loop(WriterConfig.OnAttach.FLUSH);
        run(this::assign, () -> {}, () -> assertThat(store.names()).containsExactly("publish"));
    }

    @Test
    void anEmptyRedisIsClearedOfWhatItMayHoldAndReplayed() {
        topicIds.remove(CONTROL.topic());
        run(
                this::assign,
                () -> record(0, change("u", "null", row(1, "a"))),
                this::settle,
                () -> {},
                () -> {
                    markers.fields.clear();
                    kafka.updateEndOffsets(Map.of(TABLE, 1L));
                    kafka.updateBeginningOffsets(Map.of(TABLE, 0L));
                    later();
                },
                () -> {
                    assertThat(store.names()).endsWith("publish", "fence", "sweep");
                    assertThat(store.calls())
                            .filteredOn(call -> call.name().equals("fence"))
                            .allMatch(call -> call.fence().equals(Fence.NONE));
                });
    }

    @Test
    void aTopicThatWasMadeAnewIsReadFromItsBeginningAndItsCachesAreFlushed() {
        run(
                this::assign,
                () -> record(0, change("u", "null", row(1, "a"))),
                this::settle,
                () -> {},
                () -> {
                    assertThat(store.names()).containsExactly("publish", "apply");
                    topicIds.put(TABLE.topic(), "t2");
                    now = now.plusSeconds(6);
                },
                () -> now = now.plusSeconds(6),
                () -> {
                    assertThat(store.names()).endsWith("publish", "fence", "sweep");
                    assertThat(store.last().fence()).isEqualTo(Fence.NONE);
                    assertThat(store.calls())
                            .filteredOn(call -> call.name().equals("fence"))
                            .allMatch(call -> call.fence().equals(Fence.REFUSE_ALL));
                    assertThat(kafka.position(TABLE)).isZero();
                    assertThat(place())
                            .describedAs("kept until the flush is over")
                            .isEqualTo("t1:1");
                });
    }

    @Test
    void aGapOfSomeTablesFlushesTheirCachesOnlyAlsoInTheFirstEpoch() {
        run(
                this::assign,
                () -> control(0, gap(Set.of(new TableId("public", "authors")))),
                () -> assertThat(store.names()).containsExactly("publish"),
                () -> control(1, gap(Set.of(BOOKS))),
                () -> assertThat(store.names()).containsExactly("publish", "fence", "sweep"));
    }

    /** A restored backup: what Kafka holds of the lost time is of transactions that nobody will ever see. */
    @Test
    void whatAnEarlierEpochCommittedWaitsForTheFlushOnly() {
        Runnable pass = () -> {
            snapshotTimer.pass(Duration.ofMillis(100));
            timer.pass(WINDOW.dividedBy(2));
        };
        run(
                this::assign,
                () -> recordOfEpoch(1, 0, change("u", "null", row(1, "a"), 300)),
                pass,
                pass,
                pass,
                () -> {
                    assertThat(committed()).describedAs("not visible yet").isEmpty();
                    control(0, new ControlRecord.Gap("another timeline", new Lsn(7), 2, Instant.now()));
                },
                pass,
                () -> assertThat(committed())
                        .describedAs("the flush is not over")
                        .isEmpty(),
                pass,
                pass,
                pass,
                pass,
                () -> {},
                () -> {
                    assertThat(committed()).contains(1L);
                    recordOfEpoch(2, 1, change("u", "null", row(1, "a"), 301));
                },
                pass,
                pass,
                () -> assertThat(committed()).describedAs("of the new epoch").contains(1L));
    }

    private void recordOfEpoch(long epoch, long offset, String value) {
        ConsumerRecord<byte[], byte[]> record = new ConsumerRecord<>(
                TABLE.topic(), TABLE.partition(), offset, null, value.getBytes(StandardCharsets.UTF_8));
        record.headers().add("freshet.epoch", Long.toString(epoch).getBytes(StandardCharsets.UTF_8));
        kafka.addRecord(record);
    }

    private static ControlRecord gap(Set<TableId> tables) {
        return new ControlRecord.Gap("a partition was truncated", tables, new Lsn(7), 1, Instant.now());
    }

    private void control(long offset, ControlRecord record) {
        kafka.addRecord(new ConsumerRecord<>(CONTROL.topic(), 0, offset, null, record.toJson()));
    }

    @Test
    void aTransactionThatNoServerCanHaveReachedHoldsUpNothing() {
        run(
                this::assign,
                () -> record(0, change("u", "null", row(1, "a"), 2_000_000_000L)),
                this::settle,
                this::later,
                () -> {},
                () -> assertThat(committed()).contains(1L));
    }
}
