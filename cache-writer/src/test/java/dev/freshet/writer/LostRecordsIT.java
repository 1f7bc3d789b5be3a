package dev.freshet.writer;

import static dev.freshet.model.config.WriterConfig.OnAttach.KEEP;
import static dev.freshet.writer.CacheWriterIT.change;
import static dev.freshet.writer.CacheWriterIT.row;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.freshet.model.CacheMapping;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A Kafka that no longer holds what was not read yet. */
final class LostRecordsIT {

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
        pipeline.close();
    }

    private CacheWriter ready() throws InterruptedException {
        CacheWriter writer = pipeline.start(KEEP, Duration.ZERO, book);
        assertThat(writer.awaitReady(LONG)).isTrue();
        return writer;
    }

    private void applied(String change) throws ExecutionException, InterruptedException {
        long offset = pipeline.change(change);
        await().atMost(LONG).until(() -> pipeline.committed(pipeline.table()) == offset + 1);
    }

    private void makeTopicAnew() throws ExecutionException, InterruptedException {
        pipeline.admin().deleteTopics(List.of(pipeline.table())).all().get();
        await().atMost(LONG).ignoreExceptions().until(() -> {
            pipeline.admin()
                    .createTopics(List.of(new NewTopic(pipeline.table(), 1, (short) 1)))
                    .all()
                    .get();
            return true;
        });
    }

    private void awaitGone(String key) {
        await().atMost(LONG).pollInterval(Duration.ofMillis(50)).until(() -> !pipeline.stands(key));
    }

    @Test
    void retentionThatPassedWhileTheWriterWasDownFlushes() throws Exception {
        CacheWriter first = ready();
        applied(change("u", "null", row(9, "a")));
        first.close();
        pipeline.set("book:1");
        pipeline.set("other:1");
        long lost = pipeline.change(change("u", "null", row(1, "a")));
        pipeline.admin()
                .deleteRecords(Map.of(new TopicPartition(pipeline.table(), 0), RecordsToDelete.beforeOffset(lost + 1)))
                .all()
                .get();
        ready();
        assertThat(pipeline.stands("book:1")).isFalse();
        assertThat(pipeline.stands("other:1")).isTrue();
        applied(change("u", "null", row(2, "a")));
    }

    @Test
    void aTopicThatWasMadeAnewWhileTheWriterWasDownFlushes() throws Exception {
        CacheWriter first = ready();
        applied(change("u", "null", row(9, "a")));
        first.close();
        pipeline.set("book:1");
        pipeline.change(change("u", "null", row(1, "a")));
        makeTopicAnew();
        for (int id = 10; id < 20; id++) {
            pipeline.change(change("u", "null", row(id, "a")));
        }
        ready();
        awaitGone("book:1");
        applied(change("u", "null", row(2, "a")));
    }

    @Test
    void aTopicThatIsMadeAnewUnderARunningWriterFlushes() throws Exception {
        ready();
        applied(change("u", "null", row(9, "a")));
        pipeline.set("book:1");
        makeTopicAnew();
        awaitGone("book:1");
        pipeline.set("book:2");
        pipeline.change(change("u", "null", row(2, "a")));
        awaitGone("book:2");
    }
}
