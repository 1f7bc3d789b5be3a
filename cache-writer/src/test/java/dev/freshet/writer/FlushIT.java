package dev.freshet.writer;

import static dev.freshet.model.config.WriterConfig.OnAttach.KEEP;
import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.model.CacheMapping;
import dev.freshet.model.Snapshot;
import dev.freshet.redis.KeyCommand;
import dev.freshet.redis.RedisLayout;
import dev.freshet.writer.apply.CacheRules;
import dev.freshet.writer.apply.Removal;
import dev.freshet.writer.mend.Flush;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Flushes on a real Redis, without a writer. */
final class FlushIT {

    private TestPipeline pipeline;
    private CacheMapping[] caches;

    @BeforeEach
    void start() throws SQLException, ExecutionException, InterruptedException {
        pipeline = new TestPipeline();
        caches = new CacheMapping[] {
            Mappings.key("book", pipeline.key("book:{id}")),
            Mappings.field("titles", pipeline.key("titles:{author}"), "t{id}"),
            Mappings.match("lists", pipeline.key("list:*")),
            Mappings.tag("shelf", pipeline.key("author:{author}"), pipeline.key("shelf:*")),
            Mappings.withoutSafeFills(Mappings.key("plain", pipeline.key("plain:{id}")))
        };
        for (String key : List.of("book:1", "book:2", "bookshelf", "list:1", "shelf:a", "plain:1", "else")) {
            pipeline.set(key);
        }
        pipeline.redis().hset(pipeline.key("titles:1"), Map.of("t1", "a", "t2", "b", "count", "2"));
    }

    @AfterEach
    void end() throws SQLException {
        pipeline.close();
    }

    private Map<String, Removal> flush(Flush flush, Predicate<CacheMapping> meant) {
        Map<String, Removal> removals = flush.start(meant);
        removals.values().forEach(removal -> removal.applied().join());
        return removals;
    }

    private Flush open() {
        return new Flush(pipeline.config(KEEP, caches), pipeline.store());
    }

    @Test
    void everyEntryOfTheMappedCachesGoesAndNoOther() {
        try (Flush flush = open()) {
            Map<String, Removal> removals = flush(flush, mapping -> true);

            assertThat(removals.keySet()).containsExactly("book", "titles", "lists", "shelf", "plain");
            assertThat(removals.values().stream()
                            .map(removal -> removal.applied().join()))
                    .containsExactly(2L, 2L, 1L, 1L, 1L);
            assertThat(pipeline.redis().keys(pipeline.key("*")))
                    .containsExactlyInAnyOrder(
                            pipeline.key("bookshelf"), pipeline.key("else"), pipeline.key("titles:1"));
            assertThat(pipeline.redis().hkeys(pipeline.key("titles:1"))).containsExactly("count");
        }
    }

    @Test
    void oneCacheGoesAlone() {
        try (Flush flush = open()) {
            flush(flush, mapping -> mapping.name().equals("lists"));

            assertThat(pipeline.stands("list:1")).isFalse();
            assertThat(pipeline.stands("book:1")).isTrue();
            assertThat(pipeline.stands("shelf:a")).isTrue();
            assertThat(pipeline.redis().exists(RedisLayout.patternFence(pipeline.key("book:*"))))
                    .isZero();
        }
    }

    @Test
    void aLoadThatBeganBeforeIsNotStoredAfterwards() {
        String key = pipeline.key("book:7");
        String lease = pipeline.store()
                .lease(key, Duration.ofSeconds(2))
                .toCompletableFuture()
                .join()
                .orElseThrow();
        try (Flush flush = open()) {
            flush(flush, mapping -> true);

            assertThat(fill(key, lease, patterns(key))).isFalse();

            assertThat(pipeline.stands("book:7")).isFalse();
        }
    }

    /** It was filled between the fence and the removal's passing by, by a reader that did not know the pattern. */
    @Test
    void whatAReaderStoredAllTheSameIsTakenBack() {
        String key = pipeline.key("book:7");
        String lease = pipeline.store()
                .lease(key, Duration.ofSeconds(2))
                .toCompletableFuture()
                .join()
                .orElseThrow();
        try (Flush flush = open()) {
            Map<String, Removal> removals = flush(flush, mapping -> true);
            assertThat(fill(key, lease, List.of())).isTrue();

            assertThat(removals)
                    .hasEntrySatisfying(
                            "book",
                            removal -> assertThat(removal.settled().join()).isEqualTo(1));

            assertThat(pipeline.stands("book:7")).isFalse();
        }
    }

    private List<String> patterns(String key) {
        return new CacheRules(List.of(caches)).patterns(key);
    }

    private boolean fill(String key, String lease, List<String> patterns) {
        return pipeline.store()
                .fill(
                        key,
                        lease,
                        Snapshot.parse("100:100:"),
                        new KeyCommand.Value.Text("old"),
                        Optional.empty(),
                        patterns)
                .toCompletableFuture()
                .join();
    }
}
