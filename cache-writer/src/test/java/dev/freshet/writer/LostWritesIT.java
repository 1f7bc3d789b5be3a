package dev.freshet.writer;

import static dev.freshet.model.config.WriterConfig.OnAttach.FLUSH;
import static dev.freshet.model.config.WriterConfig.OnAttach.KEEP;
import static dev.freshet.writer.CacheWriterIT.change;
import static dev.freshet.writer.CacheWriterIT.row;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.freshet.model.CacheMapping;
import dev.freshet.model.CacheMapping.ValueFormat;
import dev.freshet.redis.RedisLayout;
import dev.freshet.stack.EmbeddedStack;
import dev.freshet.stack.RedisServer;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A Redis that comes back without its last writes, or without any. */
final class LostWritesIT {

    private static final Duration LONG = Duration.ofSeconds(30);

    private EmbeddedStack stack;
    private TestPipeline pipeline;
    private CacheMapping book;

    @BeforeEach
    void start() throws SQLException, ExecutionException, InterruptedException {
        stack = EmbeddedStack.builder()
                .redis(List.of("--appendonly", "no", "--save", ""))
                .start();
        pipeline = new TestPipeline(stack.redis());
        book = Mappings.key("book", pipeline.key("book:{id}"));
    }

    @AfterEach
    void end() throws SQLException {
        pipeline.close();
        stack.close();
    }

    private CacheWriter ready(Duration replay, CacheMapping... caches) throws InterruptedException {
        CacheWriter writer = pipeline.start(KEEP, replay, caches);
        assertThat(writer.awaitReady(LONG)).isTrue();
        return writer;
    }

    private void applied(String change) throws ExecutionException, InterruptedException {
        long offset = pipeline.change(change);
        await().atMost(LONG).until(() -> pipeline.committed(pipeline.table()) == offset + 1);
    }

    /** The process ends without another word, and the next one loads the last file that was saved. */
    private void killAndStart() {
        RedisServer redis = stack.redis();
        redis.kill();
        await().until(() -> redis.pid() == 0);
        redis.start();
        await().ignoreExceptions().until(() -> pipeline.redis().ping().equals("PONG"));
    }

    private void awaitGone(String key) {
        await().atMost(LONG).pollInterval(Duration.ofMillis(20)).until(() -> !pipeline.stands(key));
    }

    @Test
    void whatWasRemovedAndCameBackGoesAgain() throws Exception {
        ready(Duration.ZERO, book);
        applied(change("u", "null", row(9, "a")));
        pipeline.set("book:1");
        pipeline.set("book:2");
        pipeline.redis().save();
        applied(change("u", "null", row(1, "a")));
        assertThat(pipeline.stands("book:1")).isFalse();
        killAndStart();
        awaitGone("book:1");
        assertThat(pipeline.stands("book:2"))
                .describedAs("what was lost is known, so nothing else goes")
                .isTrue();
    }

    @Test
    void itGoesBeforeAWriterThatStartsLaterIsReady() throws Exception {
        CacheWriter first = ready(Duration.ZERO, book);
        applied(change("u", "null", row(9, "a")));
        pipeline.set("book:1");
        pipeline.redis().save();
        applied(change("u", "null", row(1, "a")));
        first.close();
        killAndStart();
        assertThat(pipeline.stands("book:1")).isTrue();
        ready(Duration.ZERO, book);
        assertThat(pipeline.stands("book:1")).isFalse();
    }

    @Test
    void aStateFromBeforeTheFirstChangeIsCleared() throws Exception {
        pipeline.set("book:1");
        pipeline.set("other:1");
        pipeline.redis().save();
        ready(Duration.ZERO, book);
        applied(change("u", "null", row(1, "a")));
        killAndStart();
        awaitGone("book:1");
        assertThat(pipeline.stands("other:1")).isTrue();
    }

    @Test
    void aRefreshThatIsAppliedAgainRemoves() throws Exception {
        CacheMapping card =
                Mappings.refreshed(Mappings.key("card", pipeline.key("card:{id}")), ValueFormat.JSON, "id", "title");
        ready(Duration.ZERO, card);
        applied(change("u", "null", row(1, "a")));
        pipeline.redis().save();
        applied(change("u", "null", row(1, "b")));
        assertThat(pipeline.redis().get(pipeline.key("card:1"))).contains("b");
        killAndStart();
        awaitGone("card:1");
    }

    @Test
    void changesOfTheReplayedTimeOnlyRemove() throws Exception {
        CacheMapping card =
                Mappings.refreshed(Mappings.key("card", pipeline.key("card:{id}")), ValueFormat.JSON, "id", "title");
        CacheWriter first = ready(LONG, book, card);
        applied(change("u", "null", row(1, "a")));
        assertThat(pipeline.stands("card:1")).isTrue();
        first.close();
        pipeline.redis().flushall();
        pipeline.set("book:1");
        pipeline.set("card:1");
        ready(LONG, book, card);
        assertThat(pipeline.stands("book:1")).isFalse();
        assertThat(pipeline.stands("card:1")).isFalse();
    }

    @Test
    void whatReadersLookForStandsAgainAfterAFlush() throws Exception {
        ready(LONG, book);
        String patterns = RedisLayout.patterns(pipeline.database().name());
        assertThat(pipeline.redis().exists(patterns)).isEqualTo(1);
        pipeline.redis().flushall();
        await().atMost(LONG).until(() -> pipeline.redis().exists(patterns) == 1);
    }

    @Test
    void aCacheThatIsNewOrWhoseMappingHasChangedIsFlushed() throws Exception {
        CacheMapping list = Mappings.key("list", pipeline.key("list:{author}"));
        CacheWriter first = pipeline.start(FLUSH, book);
        assertThat(first.awaitReady(LONG)).isTrue();
        await().until(() ->
                pipeline.redis().hexists(RedisLayout.marker(pipeline.database().name()), "cache/book"));
        first.close();
        pipeline.set("book:1");
        pipeline.set("list:1");

        CacheWriter second = pipeline.start(FLUSH, book, list);
        assertThat(second.awaitReady(LONG)).isTrue();
        assertThat(pipeline.stands("list:1")).isFalse();
        assertThat(pipeline.stands("book:1")).isTrue();
    }
}
