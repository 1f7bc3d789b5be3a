package dev.freshet.writer;

import static dev.freshet.model.config.WriterConfig.OnAttach.FLUSH;
import static dev.freshet.model.config.WriterConfig.OnAttach.KEEP;
import static dev.freshet.writer.CacheWriterIT.change;
import static dev.freshet.writer.CacheWriterIT.row;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.freshet.model.CacheMapping;
import dev.freshet.model.CacheMapping.ValueFormat;
import dev.freshet.model.ControlRecord;
import dev.freshet.model.Lsn;
import dev.freshet.model.TableId;
import dev.freshet.model.config.WriterConfig;
import dev.freshet.redis.RedisLayout;
import dev.freshet.writer.deadletter.Why;
import dev.freshet.writer.mend.Replay;
import dev.freshet.writer.mend.ReplayRange;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Replays on real servers. */
final class ReplayIT {

    private static final Duration LONG = Duration.ofSeconds(30);
    private static final Duration REACH = Duration.ofMinutes(10);

    private TestPipeline pipeline;
    private CacheMapping book;
    private CacheMapping card;
    private final Told told = new Told();

    @BeforeEach
    void start() throws SQLException, ExecutionException, InterruptedException {
        pipeline = new TestPipeline();
        book = Mappings.key("book", pipeline.key("book:{id}"));
        card = Mappings.refreshed(Mappings.key("card", pipeline.key("card:{id}")), ValueFormat.JSON, "id", "title");
    }

    @AfterEach
    void end() throws SQLException {
        pipeline.close();
    }

    private static final class Told implements Replay.Listener {
        private final List<String> lines = new ArrayList<>();

        @Override
        public void progress(long records, long all) {}

        @Override
        public void unreadable(TopicPartition partition, long offset, Why why) {
            lines.add(partition.topic() + " " + partition.partition() + " " + offset + " " + why);
        }

        @Override
        public void gap(String reason) {
            lines.add("gap: " + reason);
        }

        @Override
        public void overtaken(Set<TopicPartition> partitions) {
            lines.add("overtaken: " + partitions);
        }
    }

    private Replay.Totals replay(WriterConfig.OnAttach onAttach, CacheMapping... caches) {
        try (Replay replay = open(onAttach, caches)) {
            return replay.run(replay.range(REACH), told);
        }
    }

    private Replay open(WriterConfig.OnAttach onAttach, CacheMapping... caches) {
        return new Replay(pipeline.config(onAttach, caches), TestPipeline.bootstrapServers(), pipeline.store());
    }

    @Test
    void whatChangedLatelyGoesAndNothingElse() throws Exception {
        pipeline.change(change("u", "null", row(1, "a")), Instant.now().minus(Duration.ofMinutes(20)));
        pipeline.change(change("u", "null", row(2, "a")), Instant.now().minus(Duration.ofMinutes(5)));
        pipeline.change(change("u", row(3, "a"), row(4, "a")));
        pipeline.tombstone();
        for (int id = 1; id <= 5; id++) {
            pipeline.set("book:" + id);
        }

        Replay.Totals totals = replay(KEEP, book);

        assertThat(totals).isEqualTo(new Replay.Totals(3, 3));
        assertThat(pipeline.stands("book:1")).describedAs("changed earlier").isTrue();
        assertThat(pipeline.stands("book:2")).isFalse();
        assertThat(pipeline.stands("book:3")).isFalse();
        assertThat(pipeline.stands("book:4")).isFalse();
        assertThat(pipeline.stands("book:5")).describedAs("not changed").isTrue();
        assertThat(pipeline.redis().exists(RedisLayout.fence(pipeline.key("book:2"))))
                .describedAs("a load that began before the change may not be stored")
                .isEqualTo(1);
        assertThat(told.lines).isEmpty();
    }

    @Test
    void nothingIsStoredAndNoOffsetIsMoved() throws Exception {
        CacheMapping query = Mappings.rebuilt(
                Mappings.key("query", pipeline.key("query:{id}")), "select title from books where id = :id");
        CacheWriter writer = pipeline.start(KEEP, card, query);
        assertThat(writer.awaitReady(LONG)).isTrue();
        pipeline.database().execute("insert into books values (1, 'a')");
        long last = pipeline.change(change("u", "null", row(1, "a")));
        await().atMost(LONG).until(() -> pipeline.stands("card:1") && pipeline.stands("query:1"));
        await().atMost(LONG).until(() -> pipeline.committed(pipeline.table()) == last + 1);

        assertThat(replay(KEEP, card, query)).isEqualTo(new Replay.Totals(1, 2));

        assertThat(pipeline.stands("card:1")).isFalse();
        assertThat(pipeline.stands("query:1")).isFalse();
        assertThat(pipeline.committed(pipeline.table())).isEqualTo(last + 1);
        pipeline.change(change("u", "null", row(1, "b")));
        await().atMost(LONG).until(() -> pipeline.stands("card:1"));
        assertThat(pipeline.redis().get(pipeline.key("card:1")))
                .describedAs("the writer's work goes on")
                .isEqualTo("{\"id\":1,\"title\":\"b\"}");
    }

    @Test
    void setsOfKeysGoAsTheWriterRemovesThem() throws Exception {
        CacheMapping tag = Mappings.tag("shelf", pipeline.key("author:{author}"), pipeline.key("shelf:*"));
        CacheMapping field = Mappings.field("titles", pipeline.key("titles"), "{id}");
        CacheMapping lists = Mappings.match("lists", pipeline.key("list:*"));
        pipeline.redis().zadd(RedisLayout.tag(pipeline.key("author:1")), 9e15, pipeline.key("shelf:mine"));
        for (String key : List.of("shelf:mine", "shelf:other", "list:1", "card:1")) {
            pipeline.set(key);
        }
        pipeline.redis().hset(pipeline.key("titles"), Map.of("1", "a", "2", "b"));
        pipeline.change(change("c", "null", row(1, "a")));

        Replay.Totals totals = replay(KEEP, tag, field, lists);

        assertThat(totals).isEqualTo(new Replay.Totals(1, 3));
        assertThat(pipeline.stands("shelf:mine")).isFalse();
        assertThat(pipeline.stands("shelf:other")).isTrue();
        assertThat(pipeline.stands("list:1")).isFalse();
        assertThat(pipeline.stands("card:1")).isTrue();
        assertThat(pipeline.redis().hkeys(pipeline.key("titles"))).containsExactly("2");
    }

    @Test
    void whatCannotBeReadIsToldAndRemovedAndNotParkedAgain() throws Exception {
        CacheMapping pen = Mappings.on(Mappings.key("pen", pipeline.key("pen:{id}")), new TableId("public", "pens"));
        for (String key : List.of("book:1", "book:2", "pen:1")) {
            pipeline.set(key);
        }
        pipeline.change(change("u", "null", row(1, "a")));
        long poison = pipeline.change(change("u", "null", row(7, "a").replace("7,", "\"s3cret\",")));

        replay(KEEP, book, pen);

        assertThat(pipeline.stands("book:2"))
                .describedAs("the record may have meant it")
                .isFalse();
        assertThat(pipeline.stands("pen:1")).isTrue();
        assertThat(told.lines)
                .singleElement()
                .asString()
                .startsWith(pipeline.table() + " 0 " + poison + " UndecodableException")
                .doesNotContain("s3cret");
        assertThat(pipeline.admin().listTopics().names().get()).doesNotContain(pipeline.deadLetterTopic());
    }

    @Test
    void aGapWithinTheTimeFlushes() throws Exception {
        pipeline.set("book:1");
        pipeline.control(new ControlRecord.Gap("the slot was lost", new Lsn(7), 2, Instant.now()));

        replay(FLUSH, book);

        assertThat(pipeline.stands("book:1")).isFalse();
        assertThat(told.lines).containsExactly("gap: the slot was lost");
    }

    @Test
    void aFirstAttachThatKeptTheCachesIsNoGap() throws Exception {
        pipeline.set("book:1");
        pipeline.control(new ControlRecord.Gap("first attach", new Lsn(7), 1, Instant.now()));

        replay(KEEP, book);

        assertThat(pipeline.stands("book:1")).isTrue();
    }

    @Test
    void whatKafkaHoldsNoLongerIsTold() throws Exception {
        long last = pipeline.change(change("u", "null", row(1, "a")));
        pipeline.change(change("u", "null", row(2, "a")));
        TopicPartition partition = new TopicPartition(pipeline.table(), 0);
        pipeline.admin()
                .deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(last + 1)))
                .all()
                .get();
        try (Replay replay = open(KEEP, book)) {
            assertThat(replay.range(REACH).shortfalls())
                    .describedAs("a quiet topic, whose retention is longer than that")
                    .isEmpty();
            set("retention.ms", "300000");

            ReplayRange range = replay.range(REACH);

            assertThat(range.shortfalls())
                    .singleElement()
                    .asString()
                    .startsWith(pipeline.table() + ", partition 0: Kafka may hold no longer");
            assertThat(replay.range(Duration.ofMinutes(4)).shortfalls()).isEmpty();
            assertThat(replay.run(range, told)).isEqualTo(new Replay.Totals(1, 0));
            set("cleanup.policy", "compact");
            assertThat(replay.range(Duration.ofMinutes(4)).shortfalls())
                    .singleElement()
                    .asString()
                    .contains("compacted");
        }
    }

    private void set(String name, String value) throws ExecutionException, InterruptedException {
        pipeline.admin()
                .incrementalAlterConfigs(Map.of(
                        new ConfigResource(ConfigResource.Type.TOPIC, pipeline.table()),
                        Set.of(new AlterConfigOp(new ConfigEntry(name, value), AlterConfigOp.OpType.SET))))
                .all()
                .get();
    }

    @Test
    void aTopicThatIsMissingIsTold() {
        CacheMapping pen = Mappings.on(Mappings.key("pen", pipeline.key("pen:{id}")), new TableId("public", "pens"));
        try (Replay replay = open(KEEP, book, pen)) {
            assertThat(replay.range(REACH).missing())
                    .containsExactly(pipeline.table().replace("books", "pens"));
        }
    }
}
