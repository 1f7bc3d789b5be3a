package dev.freshet.writer;

import static dev.freshet.model.config.WriterConfig.OnAttach.KEEP;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.model.CacheMapping;
import dev.freshet.model.CacheMapping.ValueFormat;
import dev.freshet.model.Snapshot;
import dev.freshet.model.TableId;
import dev.freshet.redis.Fence;
import dev.freshet.redis.KeyCommand;
import dev.freshet.redis.WarmStore;
import dev.freshet.writer.apply.CacheRules;
import dev.freshet.writer.mend.Flush;
import dev.freshet.writer.mend.Warm;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Filling caches from their tables, on a real PostgreSQL and a real Redis; what a writer would do is done by hand. */
final class WarmIT {

    private static final Warm.Pacing FAST = new Warm.Pacing(OptionalInt.empty());

    private TestPipeline pipeline;
    private CacheMapping card;

    @BeforeEach
    void start() throws SQLException, ExecutionException, InterruptedException {
        pipeline = new TestPipeline();
        card = Mappings.refreshed(Mappings.key("card", pipeline.key("card:{id}")), ValueFormat.JSON, "id", "title");
    }

    @AfterEach
    void end() throws SQLException {
        pipeline.close();
    }

    private void publish(CacheMapping... caches) {
        CacheRules rules = new CacheRules(List.of(caches));
        pipeline.store()
                .publishPatterns(pipeline.database().name(), rules.fencedGlobs(), rules.unfencedGlobs())
                .toCompletableFuture()
                .join();
    }

    private Warm warm(WarmStore store, CacheMapping... caches) {
        return new Warm(pipeline.config(KEEP, caches), store);
    }

    private Warm.Tally fill(CacheMapping mapping) throws InterruptedException {
        return fill(mapping, pipeline.store());
    }

    private Warm.Tally fill(CacheMapping mapping, WarmStore store) throws InterruptedException {
        try (Warm warm = warm(store, mapping)) {
            return warm.fill(mapping, FAST, tally -> {});
        }
    }

    private void books(int count) throws SQLException {
        pipeline.database()
                .execute("insert into books select i, 't' || i, i % 10 from generate_series(1, " + count + ") i");
    }

    private String value(String rest) {
        return String.valueOf(pipeline.redis().get(pipeline.key(rest)));
    }

    private int cards() {
        return pipeline.redis().keys(pipeline.key("card:*")).size();
    }

    /** What a change does, as the writer does it. */
    private void invalidate(String key, long transaction) {
        pipeline.store()
                .apply(List.of(new KeyCommand.Invalidate(
                        key, Optional.empty(), Fence.of(transaction), Optional.empty(), true)))
                .toCompletableFuture()
                .join();
    }

    @Test
    void everyRowsEntryIsStoredPageByPage() throws Exception {
        books(700);
        pipeline.set("card:5");

        Warm.Tally tally = fill(card);

        assertThat(tally).isEqualTo(new Warm.Tally(700, 699, 1, 0, 0));
        assertThat(cards()).isEqualTo(700);
        assertThat(value("card:700")).isEqualTo("{\"id\":700,\"title\":\"t700\"}");
        assertThat(value("card:5")).describedAs("what stands is left alone").isEqualTo("old");
        assertThat(pipeline.redis().pttl(pipeline.key("card:700"))).isPositive();
        assertThat(fill(card)).isEqualTo(new Warm.Tally(700, 0, 700, 0, 0));
    }

    @Test
    void aKeyOfSeveralColumnsIsPagedInItsOwnOrder() throws Exception {
        pipeline.database()
                .execute(
                        "create table pens (shop text collate \"C\", \"No\" numeric, made date, primary key (shop, \"No\","
                                + " made)) partition by hash (shop)",
                        "create table pens_0 partition of pens for values with (modulus 2, remainder 0)",
                        "create table pens_1 partition of pens for values with (modulus 2, remainder 1)",
                        "insert into pens select chr(65 + i % 3), i / 9 * 1.10, date '2020-01-01' + i from"
                                + " generate_series(0, 299) i");
        CacheMapping pen = Mappings.refreshed(
                Mappings.on(Mappings.key("pen", pipeline.key("pen:{shop}:{No}:{made}")), new TableId("public", "pens")),
                ValueFormat.HASH,
                "No",
                "made");

        assertThat(fill(pen)).isEqualTo(new Warm.Tally(300, 300, 0, 0, 0));

        assertThat(pipeline.redis().hgetall(pipeline.key("pen:A:36.30:2020-10-24")))
                .isEqualTo(Map.of("No", "36.30", "made", "2020-10-24"));
    }

    @Test
    void whatAQueryStoresIsAskedOnceForEachKey() throws Exception {
        books(40);
        CacheMapping count = Mappings.rebuilt(
                Mappings.key("count", pipeline.key("author:{author}")),
                "select count(*) as books from books where author = :author");

        assertThat(fill(count)).isEqualTo(new Warm.Tally(40, 10, 10, 0, 0));

        assertThat(value("author:7")).isEqualTo("{\"books\":4}");
    }

    @Test
    void aQueryThatFailsForSomeRowsLeavesThemOut() throws Exception {
        books(4);
        CacheMapping part =
                Mappings.rebuilt(Mappings.key("part", pipeline.key("part:{id}")), "select 6 / (:id - 2) as part");

        assertThat(fill(part)).isEqualTo(new Warm.Tally(4, 3, 0, 0, 1));

        assertThat(pipeline.stands("part:2")).isFalse();
        assertThat(pipeline.store()
                        .lease(pipeline.key("part:2"), Duration.ofSeconds(1))
                        .toCompletableFuture()
                        .join())
                .describedAs("its lease was given back")
                .isPresent();
    }

    /** The row changes after it was read, and the writer applies the change before the entry is filled. */
    @Test
    void aChangeBetweenLoadAndFillIsNotLost() throws Exception {
        books(3);
        OnFill store = new OnFill(pipeline.store(), pipeline.key("card:2"), () -> {
            try (Connection connection = pipeline.database().connect();
                    Statement statement = connection.createStatement()) {
                connection.setAutoCommit(false);
                long transaction = CacheWriterIT.transaction(statement);
                statement.execute("update books set title = 'new' where id = 2");
                connection.commit();
                invalidate(pipeline.key("card:2"), transaction);
            }
        });

        Warm.Tally tally = fill(card, store);

        assertThat(tally.stored()).isEqualTo(3);
        assertThat(value("card:2")).isEqualTo("{\"id\":2,\"title\":\"new\"}");
    }

    /** The log tells a commit before others see it: the fence stands, and the row is still the old one. */
    @Test
    void aCommitThatIsNotVisibleYetIsWaitedFor() throws Exception {
        books(3);
        try (Connection connection = pipeline.database().connect();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            long transaction = CacheWriterIT.transaction(statement);
            statement.execute("update books set title = 'new' where id = 2");
            invalidate(pipeline.key("card:2"), transaction);
            OnFill store = new OnFill(pipeline.store(), pipeline.key("card:2"), () -> {});
            store.afterwards(connection::commit);

            fill(card, store);
        }
        assertThat(value("card:2")).isEqualTo("{\"id\":2,\"title\":\"new\"}");
    }

    @Test
    void anotherReadersLeaseIsLeftAlone() throws Exception {
        books(3);
        String key = pipeline.key("card:2");
        pipeline.store().lease(key, Duration.ofSeconds(2)).toCompletableFuture().join();

        assertThat(fill(card)).isEqualTo(new Warm.Tally(3, 2, 1, 0, 0));

        assertThat(pipeline.stands("card:2")).isFalse();
    }

    @Test
    void afterAFlushFillsWaitUntilTheyMayBegin() throws Exception {
        books(20);
        publish(card);
        try (Flush flush = new Flush(pipeline.config(KEEP, card), pipeline.store())) {
            flush.start(mapping -> true)
                    .values()
                    .forEach(removal -> removal.settled().join());
        }

        assertThat(fill(card)).isEqualTo(new Warm.Tally(20, 20, 0, 0, 0));
    }

    @Test
    void whatEndedEarlyIsGoneOnWith() throws Exception {
        books(200);
        KilledAfter store = new KilledAfter(pipeline.store(), 1);
        try (Warm warm = warm(store, card)) {
            assertThatThrownBy(() -> warm.fill(card, FAST, tally -> {})).hasMessage("killed");
        }
        assertThat(cards()).describedAs("two pages, and one place noted").isEqualTo(16 + 32);

        try (Warm warm = warm(pipeline.store(), card)) {
            assertThat(warm.isDone(card)).isFalse();
            assertThat(warm.fill(card, FAST, sofar -> {})).isEqualTo(new Warm.Tally(200 - 16, 200 - 16 - 32, 32, 0, 0));
            assertThat(cards()).isEqualTo(200);
            assertThat(warm.isDone(card)).isTrue();
            CacheMapping changed =
                    Mappings.refreshed(Mappings.key("card", pipeline.key("card:{id}")), ValueFormat.JSON, "id");
            assertThat(warm.isDone(changed)).describedAs("another value").isFalse();
            warm.forget(List.of(card));
            assertThat(warm.isDone(card)).isFalse();
        }
    }

    @Test
    void aCacheThatNoWriterKnowsIsNotFilled() {
        try (Warm warm = warm(pipeline.store(), card)) {
            assertThat(warm.obstacle(card).orElseThrow()).contains("start the writers with this file first");
            publish(Mappings.key("card", pipeline.key("cards:{id}")));
            assertThat(warm.obstacle(card)).describedAs("by another template").isPresent();
            publish(card);
            assertThat(warm.obstacle(card)).isEmpty();
        }
    }

    @Test
    void aUniqueIndexMakesAKeyOneRows() throws Exception {
        CacheMapping byTitle =
                Mappings.refreshed(Mappings.key("title", pipeline.key("title:{title}")), ValueFormat.JSON, "id");
        publish(byTitle);
        try (Warm warm = warm(pipeline.store(), byTitle)) {
            assertThat(warm.obstacle(byTitle).orElseThrow()).contains("several rows");
            pipeline.database().execute("create unique index on books (title) where author > 0");
            assertThat(warm.obstacle(byTitle)).describedAs("of some rows only").isPresent();
            pipeline.database().execute("create unique index on books (title) include (author)");
            assertThat(warm.obstacle(byTitle)).isEmpty();
        }
    }

    @Test
    void bytesAreHexadecimalWhateverTheDatabaseIsSetTo() throws Exception {
        pipeline.database()
                .execute(
                        "alter table books add raw bytea",
                        "insert into books values (1, 't', 1, '\\x00ff')",
                        "alter database " + pipeline.database().name() + " set bytea_output = 'escape'");

        fill(Mappings.refreshed(Mappings.key("raw", pipeline.key("raw:{id}:{raw}")), ValueFormat.JSON, "raw"));

        assertThat(value("raw:1:\\x00ff")).isEqualTo("{\"raw\":\"\\\\x00ff\"}");
    }

    @Test
    void rowsThatInheritComeUnderTheirOwnTable() throws Exception {
        books(2);
        pipeline.database().execute("create table comics () inherits (books)", "insert into comics values (3, 'c', 1)");

        assertThat(fill(card).rows()).isEqualTo(2);

        assertThat(pipeline.stands("card:3")).isFalse();
    }

    /** What a test does to the database. */
    private interface Step {
        void run() throws SQLException;
    }

    /** The real store, which does something of the test's before, or after, the first fill of a key. */
    private static final class OnFill extends Passing {
        private final String key;
        private final Step before;
        private Step after = () -> {};
        private boolean done;

        OnFill(WarmStore store, String key, Step before) {
            super(store);
            this.key = key;
            this.before = before;
        }

        void afterwards(Step step) {
            after = step;
        }

        @Override
        public CompletionStage<Boolean> fill(
                String filled,
                String token,
                Snapshot snapshot,
                KeyCommand.Value value,
                Optional<Duration> ttl,
                List<String> patterns) {
            if (done || !filled.equals(key)) {
                return super.fill(filled, token, snapshot, value, ttl, patterns);
            }
            done = true;
            try {
                before.run();
                boolean stored = super.fill(filled, token, snapshot, value, ttl, patterns)
                        .toCompletableFuture()
                        .join();
                after.run();
                return java.util.concurrent.CompletableFuture.completedStage(stored);
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    /** The real store, until the process would have been killed. */
    private static final class KilledAfter extends Passing {
        private final List<String> places = new ArrayList<>();
        private final int most;

        KilledAfter(WarmStore store, int most) {
            super(store);
            this.most = most;
        }

        @Override
        public CompletionStage<Void> bookmark(String pipeline, String cache, String place) {
            places.add(place);
            if (places.size() > most) {
                throw new IllegalStateException("killed");
            }
            return super.bookmark(pipeline, cache, place);
        }
    }

    /** Passes everything on. */
    private static class Passing implements WarmStore {
        private final WarmStore store;

        Passing(WarmStore store) {
            this.store = store;
        }

        @Override
        public CompletionStage<Optional<String>> lease(String key, Duration life) {
            return store.lease(key, life);
        }

        @Override
        public CompletionStage<Boolean> fill(
                String key,
                String token,
                Snapshot snapshot,
                KeyCommand.Value value,
                Optional<Duration> ttl,
                List<String> patterns) {
            return store.fill(key, token, snapshot, value, ttl, patterns);
        }

        @Override
        public CompletionStage<Void> release(String key, String token) {
            return store.release(key, token);
        }

        @Override
        public CompletionStage<Map<String, String>> publishedPatterns(String pipeline) {
            return store.publishedPatterns(pipeline);
        }

        @Override
        public CompletionStage<Map<String, String>> bookmarks(String pipeline) {
            return store.bookmarks(pipeline);
        }

        @Override
        public CompletionStage<Void> bookmark(String pipeline, String cache, String place) {
            return store.bookmark(pipeline, cache, place);
        }

        @Override
        public CompletionStage<Void> forgetBookmarks(String pipeline, Collection<String> caches) {
            return store.forgetBookmarks(pipeline, caches);
        }
    }
}
