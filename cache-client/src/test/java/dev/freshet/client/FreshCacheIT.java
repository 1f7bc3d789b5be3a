package dev.freshet.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.freshet.client.Source.Book;
import dev.freshet.redis.Fence;
import dev.freshet.redis.KeyCommand;
import dev.freshet.redis.RedisCacheStore;
import dev.freshet.redis.RedisLayout;
import dev.freshet.stack.EmbeddedStack;
import io.lettuce.core.cluster.api.sync.RedisClusterCommands;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.tck.TestObservationRegistry;
import java.io.IOException;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The client on a real Redis and a real PostgreSQL. The writer's part is played by its store. */
class FreshCacheIT {

    private static final Duration WINDOW = Duration.ofSeconds(30);
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private final RedisAtHand server = atHand();
    final RedisClusterCommands<String, String> redis = server.commands();
    final RedisCacheStore writer = RedisCacheStore.at(server.url(), WINDOW);
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    final Source source = new Source();
    FreshCache cache = builder().build();

    RedisAtHand atHand() {
        return RedisAtHand.server(EmbeddedStack.shared().redis().url());
    }

    private FreshCache.Builder builder() {
        return builder(source::snapshot);
    }

    private FreshCache.Builder builder(SnapshotSource snapshots) {
        return server.cache(snapshots)
                .meters(meters)
                .pipeline("shop")
                // The machine may be busy; what a timeout does has tests of its own.
                .commandTimeout(Duration.ofSeconds(10));
    }

    @BeforeEach
    void layOut() {
        redis.flushall();
        source.execute("INSERT INTO books VALUES (1, 'Emma'), (2, 'Persuasion')");
    }

    @AfterEach
    void close() {
        cache.close();
        writer.close();
        server.close();
        source.close();
    }

    private double reads(Outcome outcome) {
        return meters.get("freshet.cache.reads")
                .tag("outcome", outcome.tag)
                .counter()
                .count();
    }

    private double fills(FillResult result) {
        return meters.get("freshet.cache.fills")
                .tag("result", result.tag)
                .counter()
                .count();
    }

    final Optional<Book> read(long id) throws Exception {
        return cache.get("book:" + id, Book.class, source.book(id));
    }

    private void invalidate(String key, long transaction) {
        writer.apply(List.of(new KeyCommand.Invalidate(
                        key, Optional.empty(), Fence.of(transaction), Optional.empty(), false)))
                .toCompletableFuture()
                .join();
    }

    @Test
    void aMissLoadsOnceAndStoresThePlainValue() throws Exception {
        assertThat(read(1)).contains(new Book(1, "Emma"));
        assertThat(read(1)).contains(new Book(1, "Emma"));

        assertThat(source.loads).hasValue(1);
        assertThat(redis.get("book:1")).isEqualTo("{\"id\":1,\"title\":\"Emma\"}");
        assertThat(redis.pttl("book:1")).isBetween(54 * 60_000L, 60 * 60_000L);
        assertThat(redis.exists(RedisLayout.lease("book:1"))).isZero();
        assertThat(reads(Outcome.MISS)).isEqualTo(1);
        assertThat(reads(Outcome.HIT)).isEqualTo(1);
        assertThat(fills(FillResult.STORED)).isEqualTo(1);
    }

    @Test
    void aHitCostsOneGet() throws Exception {
        read(1);
        redis.configResetstat();
        for (int i = 0; i < 10; i++) {
            read(1);
        }
        assertThat(redis.info("commandstats")
                        .lines()
                        .filter(line -> line.startsWith("cmdstat_") && !line.startsWith("cmdstat_config")))
                .hasSize(1)
                .first()
                .asString()
                .startsWith("cmdstat_get:calls=10,");
    }

    @Test
    void everyReadIsObservedWithItsOutcome() throws Exception {
        TestObservationRegistry observations = TestObservationRegistry.create();
        cache.close();
        cache = builder().observations(observations).build();
        read(1);
        read(1);
        assertThatThrownBy(() -> cache.get("book:9", Book.class, () -> {
                    throw new IOException("no disk");
                }))
                .isInstanceOf(IOException.class);
        io.micrometer.observation.tck.TestObservationRegistryAssert.assertThat(observations)
                .hasNumberOfObservationsEqualTo(3)
                .hasAnObservationWithAKeyValue("outcome", "miss")
                .hasAnObservationWithAKeyValue("outcome", "hit")
                .hasObservationWithNameEqualTo("freshet.cache.read")
                .that()
                .hasBeenStopped();
    }

    @Test
    void anAbsenceIsCachedAsNullAndInvalidatedLikeAnyValue() throws Exception {
        assertThat(read(3)).isEmpty();
        assertThat(read(3)).isEmpty();
        assertThat(source.loads).hasValue(1);
        assertThat(redis.get("book:3")).isEqualTo("null");
        assertThat(redis.pttl("book:3")).isLessThanOrEqualTo(60_000);
        assertThat(reads(Outcome.NEGATIVE)).isEqualTo(1);

        long transaction = source.change("INSERT INTO books VALUES (3, 'Sanditon')");
        invalidate("book:3", transaction);

        assertThat(read(3)).contains(new Book(3, "Sanditon"));
    }

    @Test
    void absencesAreNotCachedWhereThatIsNotWanted() throws Exception {
        ReadOptions options = ReadOptions.defaults().withNegativeTtl(Duration.ZERO);
        for (int i = 0; i < 2; i++) {
            assertThat(cache.get("book:3", Book.class, source.book(3), options)).isEmpty();
        }
        assertThat(source.loads).hasValue(2);
        assertThat(redis.exists("book:3")).isZero();
        await().atMost(LIMIT).until(() -> redis.exists(RedisLayout.lease("book:3")) == 0);
        assertThat(fills(FillResult.REFUSED_NEGATIVE)).isEqualTo(2);
    }

    @Test
    void aValueReadBeforeAChangeIsReturnedButNotLeftBehind() throws Exception {
        Optional<Book> old = cache.get("book:1", Book.class, () -> {
            Optional<Book> read = source.book(1).load();
            long transaction = source.change("UPDATE books SET title = 'new' WHERE id = 1");
            invalidate("book:1", transaction);
            return read;
        });

        assertThat(old).contains(new Book(1, "Emma"));
        assertThat(redis.get("book:1")).isNull();
        assertThat(fills(FillResult.REFUSED_LEASE)).isEqualTo(1);
        assertThat(read(1)).contains(new Book(1, "new"));
        assertThat(redis.get("book:1")).contains("new");
    }

    @Test
    void aReaderThatStartsAfterTheInvalidationOfAnInvisibleChangeDoesNotFill() throws Exception {
        try (Connection open = source.connect();
                Statement statement = open.createStatement()) {
            open.setAutoCommit(false);
            statement.execute("UPDATE books SET title = 'new' WHERE id = 1");
            long transaction;
            try (var id = statement.executeQuery("SELECT pg_current_xact_id()::text")) {
                id.next();
                transaction = Long.parseLong(id.getString(1));
            }
            // As if the log showed its commit already.
            invalidate("book:1", transaction);

            assertThat(read(1)).contains(new Book(1, "Emma"));
            assertThat(redis.get("book:1")).isNull();
            assertThat(fills(FillResult.REFUSED_FENCE)).isEqualTo(1);
            open.commit();
        }
        assertThat(read(1)).contains(new Book(1, "new"));
        assertThat(redis.get("book:1")).contains("new");
    }

    @Test
    void theLoadersOwnExceptionIsThrownAndTheLeaseGivenBack() throws Exception {
        IOException own = new IOException("no disk");
        assertThatThrownBy(() -> cache.get("book:1", Book.class, () -> {
                    throw own;
                }))
                .isSameAs(own);
        // It would live for ten seconds.
        await().atMost(Duration.ofSeconds(5)).until(() -> redis.exists(RedisLayout.lease("book:1")) == 0);
        assertThat(read(1)).isPresent();
    }

    @Test
    void theLoaderRunsOnTheCallersThread() throws Exception {
        AtomicReference<Thread> thread = new AtomicReference<>();
        cache.get("book:1", Book.class, () -> {
            thread.set(Thread.currentThread());
            return source.book(1).load();
        });
        assertThat(thread).hasValue(Thread.currentThread());
    }

    @Test
    void aLoadWithinAWritingTransactionDoesNotFill() throws Exception {
        try (Connection open = source.connect();
                Statement statement = open.createStatement()) {
            open.setAutoCommit(false);
            statement.execute("UPDATE books SET title = 'mine' WHERE id = 1");
            JdbcLoader<Book> loader = JdbcLoader.of(new OneConnection(open), connection -> source.book(connection, 1));
            assertThat(cache.get("book:1", Book.class, loader)).contains(new Book(1, "mine"));
            open.rollback();
        }
        assertThat(redis.get("book:1")).isNull();
        assertThat(fills(FillResult.REFUSED_SNAPSHOT)).isEqualTo(1);
        assertThat(read(1)).contains(new Book(1, "Emma"));
    }

    @Test
    void aLoadAtAnOldSnapshotDoesNotFill() throws Exception {
        try (Connection open = source.connect();
                Statement statement = open.createStatement()) {
            open.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            open.setAutoCommit(false);
            statement.execute("SELECT 1 FROM books");
            source.change("UPDATE books SET title = 'new' WHERE id = 1");
            JdbcLoader<Book> loader = JdbcLoader.of(new OneConnection(open), connection -> source.book(connection, 1));
            assertThat(cache.get("book:1", Book.class, loader)).contains(new Book(1, "Emma"));
        }
        assertThat(redis.get("book:1")).isNull();
    }

    @Test
    void aLoadThatTheApplicationSaysIsInATransactionDoesNotFill() throws Exception {
        cache.close();
        cache = builder().inTransaction(() -> true).build();
        assertThat(read(1)).isPresent();
        assertThat(redis.get("book:1")).isNull();
        assertThat(source.snapshots).hasValue(0);
    }

    @Test
    void aSourceThatWillNotTellASnapshotIsReadAllTheSame() throws Exception {
        cache.close();
        cache = builder(() -> {
                    throw new IOException("away");
                })
                .build();
        assertThat(read(1)).isPresent();
        assertThat(redis.get("book:1")).isNull();
        assertThat(fills(FillResult.REFUSED_SNAPSHOT)).isEqualTo(1);
    }

    @Test
    void aKeyOfACacheWithoutFencesIsNotFilled() throws Exception {
        writer.publishPatterns("shop", Map.of("user", "user:*"), Map.of("book", "book:*"))
                .toCompletableFuture()
                .join();
        assertThat(read(1)).isPresent();
        assertThat(redis.get("book:1")).isNull();
        assertThat(fills(FillResult.REFUSED_UNFENCED)).isEqualTo(1);
    }

    @Test
    void aFencedPatternRefusesAlsoWhereItWasPublishedAfterTheClientLooked() throws Exception {
        assertThat(read(2)).isPresent();
        long unseen = source.change("SELECT 1") + 1000;
        writer.publishPatterns("shop", Map.of("book", "book:*"), Map.of())
                .toCompletableFuture()
                .join();
        writer.fencePattern("book:*", Fence.of(unseen), Optional.empty())
                .toCompletableFuture()
                .join();

        assertThat(read(1)).isPresent();
        assertThat(fills(FillResult.REFUSED_WINDOW)).isEqualTo(1);
        assertThat(read(1)).isPresent();
        assertThat(fills(FillResult.REFUSED_FENCE)).isEqualTo(1);
        assertThat(redis.get("book:1")).isNull();
    }

    @Test
    void aValueTooLargeIsReturnedAndCounted() throws Exception {
        cache.close();
        cache = builder().maxValueBytes(20).build();
        assertThat(read(2)).contains(new Book(2, "Persuasion"));
        assertThat(redis.get("book:2")).isNull();
        assertThat(fills(FillResult.REFUSED_SIZE)).isEqualTo(1);
        await().atMost(LIMIT).until(() -> redis.exists(RedisLayout.lease("book:2")) == 0);
    }

    @Test
    void whatCannotBeDecodedIsAMissAndReplaced() throws Exception {
        redis.set("book:1", "{\"id\":");
        assertThat(read(1)).contains(new Book(1, "Emma"));
        assertThat(meters.get("freshet.cache.undecodable").counter().count()).isEqualTo(1);
        assertThat(redis.get("book:1")).contains("Emma");
    }

    @Test
    void aKeyThatHoldsSomethingElseIsLeftAlone() throws Exception {
        redis.hset("book:1", "title", "theirs");
        assertThat(read(1)).contains(new Book(1, "Emma"));
        assertThat(redis.hgetall("book:1")).isEqualTo(Map.of("title", "theirs"));
        assertThat(meters.get("freshet.cache.foreign").counter().count()).isEqualTo(1);
    }

    @Test
    void aBatchAsksRedisOnceAndTheLoaderOnce() throws Exception {
        read(1);
        List<Object> asked = new java.util.ArrayList<>();
        Map<String, Optional<Book>> books = cache.getAll(
                List.of("book:1", "book:2", "book:9"),
                ValueType.of(Book.class),
                keys -> {
                    asked.add(keys);
                    Map<String, Book> loaded = new HashMap<>();
                    try (Connection connection = source.connect()) {
                        for (String key : keys) {
                            source.book(connection, Long.parseLong(key.substring("book:".length())))
                                    .ifPresent(book -> loaded.put(key, book));
                        }
                    }
                    return loaded;
                },
                ReadOptions.defaults());

        assertThat(books)
                .isEqualTo(Map.of(
                        "book:1",
                        Optional.of(new Book(1, "Emma")),
                        "book:2",
                        Optional.of(new Book(2, "Persuasion")),
                        "book:9",
                        Optional.empty()));
        assertThat(asked).isEqualTo(List.of(java.util.Set.of("book:2", "book:9")));
        assertThat(redis.get("book:2")).contains("Persuasion");
        assertThat(redis.get("book:9")).isEqualTo("null");
    }

    @Test
    void aWaiterTakesWhatTheOtherProcessStored() throws Exception {
        try (FreshCache other = builder().build()) {
            CountDownLatch loading = new CountDownLatch(1);
            CountDownLatch go = new CountDownLatch(1);
            CompletableFuture<Optional<Book>> first =
                    CompletableFuture.supplyAsync(() -> other.<Book, RuntimeException>get("book:1", Book.class, () -> {
                        loading.countDown();
                        join(go);
                        return Optional.of(new Book(1, "loaded once"));
                    }));
            join(loading);
            CompletableFuture<Optional<Book>> second =
                    CompletableFuture.supplyAsync(() -> cache.<Book, RuntimeException>get("book:1", Book.class, () -> {
                        throw new IllegalStateException("a second load");
                    }));
            await().atMost(LIMIT).until(() -> redis.exists(RedisLayout.waiters("book:1")) == 1);
            go.countDown();
            assertThat(second.get()).contains(new Book(1, "loaded once"));
            assertThat(first.get()).contains(new Book(1, "loaded once"));
            assertThat(reads(Outcome.WAIT)).isEqualTo(1);
        }
    }

    @Test
    void aWaiterWhoseHolderDiesLoadsForItselfAndDoesNotFill() throws Exception {
        cache.close();
        cache = builder().waitAtMost(Duration.ofMillis(200)).build();
        redis.set(RedisLayout.lease("book:1"), "somebody", io.lettuce.core.SetArgs.Builder.ex(60));
        assertThat(read(1)).contains(new Book(1, "Emma"));
        assertThat(redis.get("book:1")).isNull();
        assertThat(redis.get(RedisLayout.lease("book:1"))).isEqualTo("somebody");
    }

    @Test
    void whoJoinsALoadThatAChangeOvertookLoadsAgain() throws Exception {
        CountDownLatch read = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        CompletableFuture<Optional<Book>> first =
                CompletableFuture.supplyAsync(() -> cache.<Book, RuntimeException>get("book:1", Book.class, () -> {
                    read.countDown();
                    join(go);
                    return Optional.of(new Book(1, "old"));
                }));
        join(read);
        invalidate("book:1", source.change("UPDATE books SET title = 'new' WHERE id = 1"));
        // This read begins after the invalidation: what the first one loads is too old for it.
        CompletableFuture<Optional<Book>> second = CompletableFuture.supplyAsync(() -> {
            try {
                return read(1);
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        await().atMost(LIMIT).until(() -> reads(Outcome.MISS) == 0 && !second.isDone());
        go.countDown();
        assertThat(first.get()).contains(new Book(1, "old"));
        assertThat(second.get()).contains(new Book(1, "new"));
        assertThat(redis.get("book:1"))
                .satisfiesAnyOf(
                        value -> assertThat(value).isNull(),
                        value -> assertThat(value).contains("new"));
    }

    @Test
    void aReadWithinALoadOfTheSameKeyDoesNotWaitForItself() throws Exception {
        Optional<Book> book = cache.get("book:1", Book.class, () -> cache.get("book:1", Book.class, source.book(1)));
        assertThat(book).contains(new Book(1, "Emma"));
    }

    @Test
    void anAsyncReadLoadsAndHits() {
        ValueType<Book> type = ValueType.of(Book.class);
        AsyncLoader<Book> loader = () -> CompletableFuture.supplyAsync(() -> Optional.of(new Book(7, "later")));
        assertThat(cache.getAsync("book:7", type, loader, ReadOptions.defaults())
                        .join())
                .contains(new Book(7, "later"));
        AsyncLoader<Book> never = () -> CompletableFuture.failedFuture(new IllegalStateException("a second load"));
        assertThat(cache.getAsync("book:7", type, never, ReadOptions.defaults()).join())
                .contains(new Book(7, "later"));
    }

    @Test
    void theApplicationsOwnInvalidationVoidsLoadsUnderWay() throws Exception {
        cache.get("book:1", Book.class, () -> {
            Optional<Book> old = source.book(1).load();
            source.change("UPDATE books SET title = 'new' WHERE id = 1");
            cache.invalidate("book:1");
            return old;
        });
        assertThat(redis.get("book:1")).isNull();
        assertThat(read(1)).contains(new Book(1, "new"));
    }

    @Test
    void aTagRemovesWhatIsFiledUnderItAndRefusesOldLoads() throws Exception {
        ReadOptions tagged = ReadOptions.defaults().tagged("genre:5", "genre:6");
        cache.get("shelf:1", Book.class, source.book(1), tagged);
        cache.get("shelf:2", Book.class, source.book(2), tagged);
        read(1);
        assertThat(redis.zrange(RedisLayout.tag("genre:5"), 0, -1)).containsExactlyInAnyOrder("shelf:1", "shelf:2");
        assertThat(redis.zscore(RedisLayout.tag("genre:6"), "shelf:1"))
                .isGreaterThanOrEqualTo((double) System.currentTimeMillis() + redis.pttl("shelf:1"));

        long change = source.change("UPDATE books SET title = 'new'");
        long removed = writer.invalidateTag("genre:6", Fence.of(change))
                .toCompletableFuture()
                .join();
        assertThat(removed).isEqualTo(2);
        assertThat(redis.exists("shelf:1", "shelf:2", "book:1")).isEqualTo(1);

        try (Connection open = source.connect();
                Statement statement = open.createStatement()) {
            open.setAutoCommit(false);
            statement.execute("UPDATE books SET title = 'later'");
            long invisible;
            try (var id = statement.executeQuery("SELECT pg_current_xact_id()::text")) {
                id.next();
                invisible = Long.parseLong(id.getString(1));
            }
            writer.invalidateTag("genre:5", Fence.of(invisible))
                    .toCompletableFuture()
                    .join();
            cache.get("shelf:1", Book.class, source.book(1), tagged);
            assertThat(redis.get("shelf:1")).isNull();
            open.commit();
        }
        cache.get("shelf:1", Book.class, source.book(1), tagged);
        assertThat(redis.get("shelf:1")).contains("later");
    }

    @Test
    void theApplicationsOwnInvalidationOfATagRefusesLoadsUnderWay() throws Exception {
        ReadOptions tagged = ReadOptions.defaults().tagged("genre:5");
        cache.get("shelf:2", Book.class, source.book(2), tagged);
        cache.get(
                "shelf:1",
                Book.class,
                () -> {
                    Optional<Book> old = source.book(1).load();
                    source.change("UPDATE books SET title = 'new'");
                    assertThat(cache.invalidateTag("genre:5")).isTrue();
                    return old;
                },
                tagged);
        assertThat(redis.exists("shelf:1", "shelf:2")).isZero();
        source.change("SELECT 1");
        assertThat(cache.get("shelf:1", Book.class, source.book(1), tagged)).contains(new Book(1, "new"));
        assertThat(redis.get("shelf:1")).contains("new");
    }

    @Test
    void aWriterWhoseFencesLiveTooShortlyIsNotReliedOn() throws Exception {
        try (RedisCacheStore hasty = RedisCacheStore.at(server.url(), Duration.ofSeconds(5))) {
            hasty.publishPatterns("hasty", Map.of("book", "book:*"), Map.of())
                    .toCompletableFuture()
                    .join();
        }
        assertThat(read(1)).isPresent();
        assertThat(redis.get("book:1")).isNull();
        assertThat(fills(FillResult.REFUSED_WINDOW)).isEqualTo(1);
    }

    @Test
    void whatALoaderWroteItselfIsNotStored() throws Exception {
        try (Connection open = source.connect()) {
            open.setAutoCommit(false);
            JdbcLoader<Book> getOrCreate = JdbcLoader.of(new OneConnection(open), connection -> {
                try (Statement statement = connection.createStatement()) {
                    statement.execute("INSERT INTO books VALUES (5, 'phantom')");
                }
                return source.book(connection, 5);
            });
            assertThat(cache.get("book:5", Book.class, getOrCreate)).contains(new Book(5, "phantom"));
            open.rollback();
        }
        assertThat(redis.get("book:5")).isNull();
        assertThat(fills(FillResult.REFUSED_SNAPSHOT)).isEqualTo(1);
    }

    @Test
    void whatBreaksInsideIsNotWaitedFor() throws Exception {
        cache.close();
        Codec broken = new Codec() {
            @Override
            public byte[] encode(Optional<?> value) {
                throw new IllegalStateException("broken");
            }

            @Override
            public Optional<Object> decode(byte[] bytes, java.lang.reflect.Type type) {
                throw new IllegalStateException("broken");
            }
        };
        cache = builder().codec(broken).build();
        assertThat(read(1)).contains(new Book(1, "Emma"));
        redis.set("book:2", "x");
        assertThat(read(2)).contains(new Book(2, "Persuasion"));

        cache.close();
        cache = builder()
                .inTransaction(() -> {
                    throw new IllegalStateException("broken");
                })
                .build();
        for (int i = 0; i < 20; i++) {
            assertThatThrownBy(() -> read(1)).hasMessage("broken");
        }

        cache.close();
        cache = builder()
                .executor(step -> {
                    throw new java.util.concurrent.RejectedExecutionException("shut down");
                })
                .build();
        AsyncLoader<Book> loader = () -> CompletableFuture.completedFuture(Optional.of(new Book(7, "later")));
        assertThat(cache.getAsync("book:7", ValueType.of(Book.class), loader, ReadOptions.defaults())
                        .get(20, java.util.concurrent.TimeUnit.SECONDS))
                .isPresent();
    }

    @Test
    void itsOwnKeysAreNotAnybodysCache() {
        assertThatThrownBy(() -> cache.get("freshet:fence:{x}:x", Book.class, source.book(1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("choose another prefix");
    }

    private static void join(CountDownLatch latch) {
        try {
            assertThat(latch.await(LIMIT.toSeconds(), java.util.concurrent.TimeUnit.SECONDS))
                    .isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
