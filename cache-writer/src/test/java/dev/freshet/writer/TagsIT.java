package dev.freshet.writer;

import static dev.freshet.model.config.WriterConfig.OnAttach.KEEP;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.freshet.model.CacheMapping;
import dev.freshet.model.ControlRecord;
import dev.freshet.model.Lsn;
import dev.freshet.redis.RedisLayout;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Caches by tag, through the whole writer on real servers. */
final class TagsIT {

    private static final Duration LONG = Duration.ofSeconds(30);
    private static final List<String> ALL =
            List.of("shelf:a", "shelf:a2", "shelf:b", "shelf:ab", "shelf:c", "shelf:none", "other:a");

    private TestPipeline pipeline;
    private CacheMapping shelf;

    @BeforeEach
    void start() throws SQLException, ExecutionException, InterruptedException {
        pipeline = new TestPipeline();
        pipeline.database().execute("alter table books replica identity full");
        shelf = Mappings.tag("shelf", pipeline.key("author:{author}"), pipeline.key("shelf:*"));
        file(1, "shelf:a", "shelf:a2", "shelf:ab");
        file(2, "shelf:b", "shelf:ab");
        file(3, "shelf:c");
        ALL.forEach(pipeline::set);
    }

    @AfterEach
    void end() throws SQLException {
        pipeline.redis()
                .keys(RedisLayout.PREFIX + "*" + pipeline.key("*"))
                .forEach(key -> pipeline.redis().del(key));
        pipeline.close();
    }

    private String tag(int author) {
        return pipeline.key("author:" + author);
    }

    /** As a reader's fill does. */
    private void file(int author, String... keys) {
        for (String key : keys) {
            pipeline.redis()
                    .zadd(
                            RedisLayout.tag(tag(author)),
                            (double) Instant.now().plusSeconds(3600).toEpochMilli(),
                            pipeline.key(key));
        }
    }

    private static String row(int id, String author) {
        return "{\"id\":" + id + ",\"title\":\"Emma\",\"author\":" + author + "}";
    }

    private static String change(String operation, String before, String after, long transaction) {
        long micros = Instant.now().toEpochMilli() * 1000;
        return "{\"before\":" + before + ",\"after\":" + after + ",\"source\":{\"connector\":\"postgresql\",\"ts_us\":"
                + micros + ",\"schema\":\"public\",\"table\":\"books\",\"txId\":" + transaction
                + ",\"sequence\":\"[\\\"" + micros + "\\\",\\\"" + micros + "\\\"]\"},\"op\":\"" + operation + "\"}";
    }

    private void ready() throws InterruptedException {
        assertThat(pipeline.start(KEEP, shelf).awaitReady(LONG)).isTrue();
    }

    private List<String> standing() {
        return ALL.stream().filter(pipeline::stands).toList();
    }

    private void awaitCommitted(long offset) {
        await().atMost(LONG).until(() -> pipeline.committed(pipeline.table()) == offset);
    }

    @Test
    void aRowThatMovesRemovesWhatIsFiledUnderItsOldAndItsNewTagAndNothingElse() throws Exception {
        ready();

        long offset = pipeline.change(change("u", row(7, "1"), row(7, "2"), 3));

        awaitCommitted(offset + 1);
        assertThat(standing()).containsExactly("shelf:c", "shelf:none", "other:a");
        assertThat(pipeline.redis().zrange(RedisLayout.tag(tag(1)), 0, -1))
                .as("keys stay filed")
                .hasSize(3);
        assertThat(pipeline.redis().exists(RedisLayout.tagFence(tag(1)), RedisLayout.tagFence(tag(2))))
                .isEqualTo(2);
        assertThat(pipeline.redis().exists(RedisLayout.tagFence(tag(3)))).isZero();
    }

    @Test
    void whatIsFilledAgainGoesWithTheNextChange() throws Exception {
        ready();
        awaitCommitted(pipeline.change(change("c", "null", row(7, "1"), 3)) + 1);
        pipeline.set("shelf:a");

        awaitCommitted(pipeline.change(change("d", row(7, "1"), "null", 4)) + 1);

        assertThat(standing()).containsExactly("shelf:b", "shelf:c", "shelf:none", "other:a");
    }

    @Test
    void whereTheOldTagIsNotToldEveryMemberGoes() throws Exception {
        ready();
        pipeline.database().execute("alter table books replica identity default");

        pipeline.change(change("u", "null", row(7, "3"), 3));

        await().atMost(LONG).untilAsserted(() -> assertThat(standing()).containsExactly("other:a"));
    }

    @Test
    void aTruncateRemovesEveryMember() throws Exception {
        ready();

        pipeline.change(change("t", "null", "null", 3));

        await().atMost(LONG).untilAsserted(() -> assertThat(standing()).containsExactly("other:a"));
    }

    @Test
    void aGapRemovesEveryMember() throws Exception {
        ready();

        pipeline.control(new ControlRecord.Gap("the slot is gone", new Lsn(1), 2, Instant.now()));

        await().atMost(LONG).untilAsserted(() -> assertThat(standing()).containsExactly("other:a"));
    }

    @Test
    void anOffsetWaitsForItsTransactionAndTheTagGoesAgainMeanwhile() throws Exception {
        ready();
        try (Connection other = pipeline.database().connect();
                Statement statement = other.createStatement()) {
            other.setAutoCommit(false);
            long id = transaction(statement);
            awaitCommitted(pipeline.change(change("u", row(9, "9"), row(9, "9"), 3)) + 1);
            long offset = pipeline.change(change("u", row(7, "1"), row(7, "1"), id));
            await().atMost(LONG).until(() -> !pipeline.stands("shelf:a"));
            pipeline.redis().del(RedisLayout.tagFence(tag(1)));
            pipeline.set("shelf:a");
            await().atMost(LONG).pollInterval(Duration.ofMillis(20)).until(() -> !pipeline.stands("shelf:a"));
            assertThat(pipeline.redis().zrange(RedisLayout.tagFence(tag(1)), 0, -1))
                    .containsExactly(Long.toString(id));
            assertThat(pipeline.committed(pipeline.table())).isEqualTo(offset);
            other.commit();
            awaitCommitted(offset + 1);
        }
    }

    private static long transaction(Statement statement) throws SQLException {
        try (ResultSet rows = statement.executeQuery("select pg_current_xact_id()::text")) {
            rows.next();
            return Long.parseLong(rows.getString(1));
        }
    }
}
