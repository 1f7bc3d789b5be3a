package dev.freshet.writer;

import static dev.freshet.model.config.WriterConfig.OnAttach.KEEP;
import static dev.freshet.writer.CacheWriterIT.change;
import static dev.freshet.writer.CacheWriterIT.row;
import static dev.freshet.writer.CacheWriterIT.transaction;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.freshet.model.CacheMapping;
import dev.freshet.model.TableId;
import dev.freshet.writer.deadletter.DeadLetter;
import dev.freshet.writer.deadletter.DeadLetterBox;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Records that cannot be applied, on real servers. */
final class DeadLettersIT {

    private static final Duration LONG = Duration.ofSeconds(30);

    private TestPipeline pipeline;
    private CacheMapping book;
    private CacheMapping other;

    @BeforeEach
    void start() throws SQLException, ExecutionException, InterruptedException {
        pipeline = new TestPipeline();
        book = Mappings.key("book", pipeline.key("book:{id}"));
        other = Mappings.on(Mappings.key("pen", pipeline.key("pen:{id}")), new TableId("public", "pens"));
    }

    @AfterEach
    void end() throws SQLException {
        pipeline.close();
    }

    /** A column of type integer holds a text. */
    private static String poison(long transaction) {
        return change("u", "null", row(7, "a").replace("7,", "\"s3cret\","), transaction);
    }

    private CacheWriter ready(CacheMapping... caches) throws InterruptedException {
        CacheWriter writer = pipeline.start(KEEP, caches);
        assertThat(writer.awaitReady(LONG)).isTrue();
        return writer;
    }

    private void awaitGone(String key) {
        await().atMost(LONG).pollInterval(Duration.ofMillis(20)).until(() -> !pipeline.stands(key));
    }

    private void awaitCommitted(long offset) {
        await().atMost(LONG).until(() -> pipeline.committed(pipeline.table()) == offset);
    }

    @Test
    void theLineGoesOnPastARecordThatCannotBeRead() throws Exception {
        CacheWriter writer = ready(book, other);
        for (String key : List.of("book:1", "book:2", "book:3", "pen:1")) {
            pipeline.set(key);
        }
        byte[] key = {0, -1};
        byte[] value = poison(3).getBytes(StandardCharsets.UTF_8);
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(pipeline.table(), 0, key, value);
        record.headers().add("trace", new byte[] {-2});

        pipeline.change(change("u", "null", row(1, "a")));
        long poison = pipeline.send(record);
        long last = pipeline.change(change("u", "null", row(2, "a")));

        awaitCommitted(last + 1);
        assertThat(pipeline.stands("book:1")).isFalse();
        assertThat(pipeline.stands("book:2")).isFalse();
        assertThat(pipeline.stands("book:3"))
                .describedAs("the record may have meant it")
                .isFalse();
        assertThat(pipeline.stands("pen:1")).describedAs("another table's").isTrue();
        assertThat(writer.ended()).isNotDone();
        List<DeadLetter> letters = pipeline.deadLetters().open();
        assertThat(letters).hasSize(1);
        DeadLetter letter = letters.get(0);
        assertThat(letter.source().topic()).isEqualTo(pipeline.table());
        assertThat(letter.source().partition()).isZero();
        assertThat(letter.source().offset()).isEqualTo(poison);
        assertThat(letter.table()).contains("public.books");
        assertThat(letter.cause())
                .startsWith("UndecodableException: column id of type integer")
                .doesNotContain("s3cret");
        DeadLetter.Original original = pipeline.deadLetters().original(letter);
        assertThat(original.key().orElseThrow()).isEqualTo(key);
        assertThat(original.value().orElseThrow()).isEqualTo(value);
        assertThat(original.headers()).hasSize(1);
        assertThat(original.headers().get(0).key()).isEqualTo("trace");
        assertThat(original.headers().get(0).value()).containsExactly(-2);
    }

    @Test
    void whileKafkaRefusesTheDeadLetterThePlaceIsHeldAndChangesAreAppliedAllTheSame() throws Exception {
        NewTopic small =
                new NewTopic(pipeline.deadLetterTopic(), 1, (short) 1).configs(Map.of("max.message.bytes", "200"));
        pipeline.admin().createTopics(List.of(small)).all().get();
        CacheWriter writer = ready(book);
        awaitCommitted(pipeline.change(change("u", "null", row(9, "a"))) + 1);
        pipeline.set("book:1");
        long poison = pipeline.change(poison(3));
        awaitGone("book:1");
        pipeline.set("book:2");
        long last = pipeline.change(change("u", "null", row(2, "a")));
        awaitGone("book:2");
        await().during(TestPipeline.WINDOW).atMost(LONG).until(() -> pipeline.committed(pipeline.table()) == poison);
        assertThat(pipeline.deadLetters().open()).isEmpty();
        assertThat(writer.ended()).isNotDone();

        pipeline.admin()
                .incrementalAlterConfigs(Map.of(
                        new ConfigResource(ConfigResource.Type.TOPIC, pipeline.deadLetterTopic()),
                        Set.of(new AlterConfigOp(
                                new ConfigEntry("max.message.bytes", "1000000"), AlterConfigOp.OpType.SET))))
                .all()
                .get();

        awaitCommitted(last + 1);
        assertThat(pipeline.deadLetters().open()).hasSize(1);
    }

    @Test
    void aDeletedTopicIsMadeAgain() throws Exception {
        ready(book);
        awaitCommitted(pipeline.change(poison(3)) + 1);
        pipeline.admin().deleteTopics(List.of(pipeline.deadLetterTopic())).all().get();

        long second = pipeline.change(poison(3));

        awaitCommitted(second + 1);
        await().atMost(LONG)
                .untilAsserted(() -> assertThat(pipeline.deadLetters().open())
                        .extracting(letter -> letter.source().offset())
                        .containsExactly(second));
    }

    @Test
    void aWriterThatEndsBeforeItAcknowledgesParksAgainAndItIsOneDeadLetter() throws Exception {
        CacheWriter first = ready(book);
        try (Connection session = pipeline.database().connect();
                Statement statement = session.createStatement()) {
            session.setAutoCommit(false);
            awaitCommitted(pipeline.change(change("u", "null", row(9, "a"))) + 1);
            pipeline.set("book:1");
            long poison = pipeline.change(poison(transaction(statement)));
            awaitGone("book:1");
            await().atMost(LONG).until(() -> pipeline.deadLetters().open().size() == 1);
            DeadLetter letter = pipeline.deadLetters().open().get(0);
            // Longer than the second scan is away: then only its transaction, which no snapshot has seen, holds the
            // offset.
            await().during(TestPipeline.WINDOW)
                    .atMost(LONG)
                    .until(() -> pipeline.committed(pipeline.table()) == poison);
            first.close();
            assertThat(pipeline.committed(pipeline.table())).isEqualTo(poison);
            pipeline.set("book:1");

            pipeline.start(KEEP, book);

            awaitGone("book:1");
            session.commit();
            awaitCommitted(poison + 1);
            assertThat(pipeline.deadLetters().open()).containsExactly(letter);
            pipeline.deadLetters().drop(letter);
            assertThat(pipeline.deadLetters().open())
                    .describedAs("the second of it neither")
                    .isEmpty();
        }
    }

    @Test
    void aControlRecordThatCannotBeReadMayHaveToldAGap() throws Exception {
        pipeline.set("book:1");
        pipeline.set("pen:1");
        CacheWriter writer = ready(book, other);

        pipeline.send(
                pipeline.controlTopic(), "{\"type\":\"gap\",\"lsn\":\"s3cret\"}".getBytes(StandardCharsets.UTF_8));

        awaitGone("book:1");
        awaitGone("pen:1");
        await().atMost(LONG).until(() -> pipeline.committed(pipeline.controlTopic()) == 1);
        assertThat(writer.ended()).isNotDone();
        assertThat(pipeline.deadLetters().open()).hasSize(1);
        DeadLetter letter = pipeline.deadLetters().open().get(0);
        assertThat(letter.source().topic()).isEqualTo(pipeline.controlTopic());
        assertThat(letter.table()).isEmpty();
        assertThat(letter.cause()).isEqualTo("UndecodableException: the value is no control record");
    }

    @Test
    void aDeadLetterIsDroppedOrTriedAgainUntilItCanBeApplied() throws Exception {
        CacheWriter first = ready(book);
        pipeline.change("no JSON");
        long second = pipeline.change(poison(3));
        awaitCommitted(second + 1);
        DeadLetterBox box = pipeline.deadLetters();
        List<DeadLetter> letters = box.open();
        assertThat(letters).extracting(letter -> letter.source().offset()).containsExactly(second - 1, second);

        box.drop(letters.get(0));
        assertThat(box.open()).containsExactly(letters.get(1));

        box.retry(letters.get(1));
        awaitCommitted(second + 2);
        DeadLetter again = box.open().get(0);
        assertThat(box.open()).hasSize(1);
        assertThat(again.source().offset())
                .describedAs("it is as bad as it was")
                .isEqualTo(second + 1);

        first.close();
        pipeline.database().execute("alter table books alter id type text");
        pipeline.set("book:s3cret");
        ready(book);
        box.retry(again);
        awaitCommitted(second + 3);
        assertThat(pipeline.stands("book:s3cret")).isFalse();
        assertThat(box.open()).isEmpty();
    }

    @Test
    void withoutATopicThereAreNone() {
        assertThat(pipeline.deadLetters().open()).isEmpty();
    }
}
