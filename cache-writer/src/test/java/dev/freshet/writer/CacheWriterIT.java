package dev.freshet.writer;

import static dev.freshet.model.config.WriterConfig.OnAttach.FLUSH;
import static dev.freshet.model.config.WriterConfig.OnAttach.KEEP;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.freshet.model.CacheMapping;
import dev.freshet.model.CacheMapping.ValueFormat;
import dev.freshet.model.ControlRecord;
import dev.freshet.model.Lsn;
import dev.freshet.stack.EmbeddedStack;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The whole writer on real servers; its records are what a Debezium would have written. */
final class CacheWriterIT {

    private static final Duration LONG = Duration.ofSeconds(30);

    private TestPipeline pipeline;
    private CacheMapping book;

    @BeforeEach
    void start() throws SQLException, ExecutionException, InterruptedException {
        pipeline = new TestPipeline();
        book = Mappings.key("book", pipeline.key("book:{id}"));
    }

    @AfterEach
    void end() throws SQLException {
        EmbeddedStack.shared().redis().start();
        pipeline.close();
    }

    static String row(int id, String title) {
        return "{\"id\":" + id + ",\"title\":\"" + title + "\",\"author\":1}";
    }

    /** A change of a transaction that ended long ago. */
    static String change(String operation, String before, String after) {
        return change(operation, before, after, 3);
    }

    static String change(String operation, String before, String after, long transaction) {
        long micros = Instant.now().toEpochMilli() * 1000;
        return "{\"before\":" + before + ",\"after\":" + after + ",\"source\":{\"connector\":\"postgresql\",\"ts_us\":"
                + micros + ",\"schema\":\"public\",\"table\":\"books\",\"txId\":" + transaction
                + ",\"sequence\":\"[\\\"" + micros + "\\\",\\\"" + micros + "\\\"]\"},\"op\":\"" + operation + "\"}";
    }

    private static String withSchema(String envelope) {
        String columns = "{\"type\":\"int32\",\"optional\":false,\"field\":\"id\"},"
                + "{\"type\":\"string\",\"optional\":true,\"field\":\"title\"},"
                + "{\"type\":\"int32\",\"optional\":true,\"field\":\"author\"}";
        return "{\"schema\":{\"type\":\"struct\",\"fields\":[{\"type\":\"struct\",\"fields\":[" + columns
                + "],\"optional\":true,\"field\":\"after\"}]},\"payload\":" + envelope + "}";
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
    void keysGoWithAndWithoutTheSchemaPartAndTombstonesPass() throws Exception {
        for (int id = 1; id <= 5; id++) {
            pipeline.set("book:" + id);
        }
        ready(book);
        pipeline.change(change("u", "null", row(1, "a")));
        pipeline.change(withSchema(change("c", "null", row(2, "b"))));
        pipeline.change(change("d", row(3, "c"), "null"));
        pipeline.tombstone();
        pipeline.change("{\"schema\":null,\"payload\":null}");
        pipeline.change("{\"op\":\"m\",\"message\":{\"prefix\":\"x\"}}");
        long last = pipeline.change(change("u", row(4, "d"), row(5, "d")));
        awaitCommitted(last + 1);
        for (int id = 1; id <= 5; id++) {
            assertThat(pipeline.stands("book:" + id)).isFalse();
        }
    }

    @Test
    void aTruncateTakesTheTemplatesKeysAndNoOther() throws Exception {
        pipeline.set("book:1");
        pipeline.set("book:-2");
        pipeline.set("book:1:reviews");
        pipeline.set("bookshelf:1");
        ready(book);
        pipeline.change(change("t", "null", "null"));
        awaitGone("book:1");
        awaitGone("book:-2");
        assertThat(pipeline.stands("book:1:reviews")).isTrue();
        assertThat(pipeline.stands("bookshelf:1")).isTrue();
    }

    @Test
    void aRefreshStoresTheRow() throws Exception {
        CacheMapping card =
                Mappings.refreshed(Mappings.key("card", pipeline.key("card:{id}")), ValueFormat.JSON, "id", "title");
        CacheMapping hash =
                Mappings.refreshed(Mappings.key("hash", pipeline.key("hash:{id}")), ValueFormat.HASH, "id", "title");
        ready(card, hash);
        pipeline.change(change("c", "null", row(1, "Emma")));
        await().atMost(LONG)
                .untilAsserted(() -> assertThat(pipeline.redis().get(pipeline.key("card:1")))
                        .isEqualTo("{\"id\":1,\"title\":\"Emma\"}"));
        assertThat(pipeline.redis().hgetall(pipeline.key("hash:1")))
                .containsOnly(java.util.Map.entry("id", "1"), java.util.Map.entry("title", "Emma"));
        assertThat(pipeline.redis().ttl(pipeline.key("card:1"))).isBetween(3500L, 3600L);
        pipeline.change(change("d", row(1, "Emma"), "null"));
        awaitGone("card:1");
        awaitGone("hash:1");
    }

    @Test
    void aRefreshByQueryStoresWhatTheSourceSaysNow() throws Exception {
        pipeline.database().execute("insert into books values (1, 'Emma?', 7), (2, 'Persuasion', 7)");
        CacheMapping shelf = Mappings.rebuilt(
                Mappings.key("shelf", pipeline.key("shelf:{author}")),
                "select json_agg(title order by id) from books where author = :author and title <> 'no?';");
        CacheMapping count = Mappings.rebuilt(
                Mappings.key("count", pipeline.key("count:{author}")),
                "select count(*) as books, :author + 1 as next from books where author = :author");
        CacheMapping failing =
                Mappings.rebuilt(Mappings.key("failing", pipeline.key("failing:{id}")), "select 1 / (:id - 1) as x");
        pipeline.set("shelf:7");
        pipeline.set("failing:1");
        ready(shelf, count, failing);
        pipeline.change(change("u", "null", "{\"id\":1,\"title\":\"stale image\",\"author\":7}"));
        await().atMost(LONG)
                .untilAsserted(() -> assertThat(pipeline.redis().get(pipeline.key("shelf:7")))
                        .isEqualTo("[\"Emma?\", \"Persuasion\"]"));
        await().atMost(LONG)
                .untilAsserted(() -> assertThat(pipeline.redis().get(pipeline.key("count:7")))
                        .isEqualTo("{\"books\":2,\"next\":8}"));
        assertThat(pipeline.redis().ttl(pipeline.key("shelf:7"))).isBetween(3500L, 3600L);
        awaitGone("failing:1");
    }

    @Test
    void aRefreshByQueryWaitsUntilItsChangeIsVisible() throws Exception {
        CacheMapping card = Mappings.rebuilt(
                Mappings.key("card", pipeline.key("card:{id}")), "select title from books where id = :id");
        pipeline.database().execute("insert into books values (1, 'old', 7)");
        ready(card);
        try (Connection other = pipeline.database().connect();
                Statement statement = other.createStatement()) {
            other.setAutoCommit(false);
            long id = transaction(statement);
            statement.execute("update books set title = 'new' where id = 1");
            pipeline.set("card:1");
            pipeline.change(change("u", "null", row(1, "new"), id));
            awaitGone("card:1");
            other.commit();
        }
        await().atMost(LONG)
                .untilAsserted(() ->
                        assertThat(pipeline.redis().get(pipeline.key("card:1"))).isEqualTo("{\"title\":\"new\"}"));
    }

    @Test
    void anOffsetWaitsForItsTransactionAndTheKeyGoesAgainMeanwhile() throws Exception {
        pipeline.set("book:1");
        ready(book);
        try (Connection other = pipeline.database().connect();
                Statement statement = other.createStatement()) {
            other.setAutoCommit(false);
            long id = transaction(statement);
            long first = pipeline.change(change("u", "null", row(9, "x")));
            awaitCommitted(first + 1);
            long offset = pipeline.change(change("u", "null", row(1, "a"), id));
            pipeline.change(change("u", "null", row(2, "a")));
            awaitGone("book:1");
            pipeline.set("book:1");
            await().atMost(TestPipeline.WINDOW.dividedBy(2))
                    .pollInterval(Duration.ofMillis(20))
                    .until(() -> !pipeline.stands("book:1"));
            assertThat(pipeline.committed(pipeline.table())).isEqualTo(offset);
            other.commit();
            awaitCommitted(offset + 2);
        }
    }

    @Test
    void whatWasInvisibleIsReadAgainByTheNextWriter() throws Exception {
        CacheWriter first = ready(book);
        try (Connection other = pipeline.database().connect();
                Statement statement = other.createStatement()) {
            other.setAutoCommit(false);
            pipeline.set("book:1");
            long offset = pipeline.change(change("u", "null", row(1, "a"), transaction(statement)));
            awaitGone("book:1");
            first.close();
            assertThat(first.ended()).isCompleted();
            assertThat(pipeline.committed(pipeline.table())).isLessThanOrEqualTo(offset);
            pipeline.set("book:1");
            pipeline.start(KEEP, book);
            awaitGone("book:1");
            other.commit();
            awaitCommitted(offset + 1);
        }
    }

    static long transaction(Statement statement) throws SQLException {
        try (ResultSet rows = statement.executeQuery("select pg_current_xact_id()::text")) {
            rows.next();
            return Long.parseLong(rows.getString(1));
        }
    }

    @Test
    void theWriterGoesOnByItselfWhenRedisIsBack() throws Exception {
        pipeline.set("book:1");
        CacheWriter writer = ready(book);
        awaitCommitted(pipeline.change(change("u", "null", row(9, "a"))) + 1);
        EmbeddedStack.shared().redis().stop();
        long offset = pipeline.change(change("u", "null", row(1, "a")));
        await().during(Duration.ofSeconds(2))
                .atMost(LONG)
                .until(() -> pipeline.committed(pipeline.table()) == offset
                        && !writer.ended().isDone());
        EmbeddedStack.shared().redis().start();
        awaitCommitted(offset + 1);
        await().atMost(LONG).ignoreExceptions().until(() -> !pipeline.stands("book:1"));
    }

    @Test
    void theBrokersMayLeadTheWritersGroup() throws Exception {
        pipeline.kafkaProperties(Map.of("group.protocol", "consumer"));
        pipeline.set("book:1");
        CacheWriter first = ready(book);
        awaitCommitted(pipeline.change(change("u", "null", row(1, "a"))) + 1);
        assertThat(pipeline.stands("book:1")).isFalse();
        first.close();
        pipeline.set("book:2");
        long offset = pipeline.change(change("u", "null", row(2, "a")));
        ready(book);
        awaitCommitted(offset + 1);
        assertThat(pipeline.stands("book:2")).isFalse();
    }

    @Test
    void theFirstAttachFlushesTheMappedKeysOnly() throws Exception {
        pipeline.set("book:1");
        pipeline.set("pen:1");
        pipeline.control(new ControlRecord.Gap("first attach", new Lsn(1), 1, Instant.now()));
        CacheWriter writer = pipeline.start(FLUSH, book);
        assertThat(writer.awaitReady(LONG)).isTrue();
        assertThat(pipeline.stands("book:1")).isFalse();
        assertThat(pipeline.stands("pen:1")).isTrue();
        await().atMost(LONG).until(() -> pipeline.committed(pipeline.controlTopic()) == 1);
    }

    @Test
    void keepKeepsAtTheFirstAttachButNotAtALaterGap() throws Exception {
        pipeline.set("book:1");
        pipeline.control(new ControlRecord.Gap("first attach", new Lsn(1), 1, Instant.now()));
        ready(book);
        assertThat(pipeline.stands("book:1")).isTrue();
        pipeline.control(new ControlRecord.Gap("the slot is gone", new Lsn(1), 2, Instant.now()));
        awaitGone("book:1");
    }
}
