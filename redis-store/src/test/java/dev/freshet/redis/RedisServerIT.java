package dev.freshet.redis;

import static dev.freshet.redis.CacheStoreContract.at;
import static dev.freshet.redis.CacheStoreContract.invalidate;
import static dev.freshet.redis.CacheStoreContract.invalidateAt;
import static dev.freshet.redis.CacheStoreContract.store;
import static dev.freshet.redis.CacheStoreContract.storeField;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.freshet.model.KeyScan;
import dev.freshet.redis.AlteredScripts.Alteration;
import dev.freshet.redis.CacheStore.Outcome;
import io.lettuce.core.AclSetuserArgs;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.protocol.CommandType;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The store against servers that are full, forgetful, slow, away, or not the right ones. */
class RedisServerIT {

    private static final Duration WINDOW = Duration.ofSeconds(30);

    // ------------------------------------------------------------ what is left behind, and for how long

    @Test
    void whatIsLeftBehindEndsByItself() {
        try (TestRedis redis = TestRedis.start();
                CacheStore store = RedisCacheStore.at(redis.url(), WINDOW)) {
            RedisCommands<String, String> commands = redis.text();
            apply(store, invalidate("a", Fence.of(7).and(Fence.of(8)).and(Fence.REFUSE_ALL)));
            apply(store, invalidateAt("b", Fence.of(9), 3));
            apply(store, storeField("c", "f", "v", 4));
            apply(store, invalidate("d", Fence.NONE));
            apply(store, new KeyCommand.Invalidate("g", Optional.empty(), Fence.of(9), Optional.of(at(3)), false));
            store.fencePattern("e*", Fence.of(5), Optional.of(at(6)))
                    .toCompletableFuture()
                    .join();

            assertThat(commands.keys("*"))
                    .containsExactlyInAnyOrder(
                            "freshet:fence:{a}:a",
                            "freshet:fence:{b}:b",
                            "freshet:entry:{b}:b",
                            "c",
                            "freshet:fence:{c}:c",
                            "freshet:field:{c}:1:c:f",
                            "freshet:fence:{g}:g",
                            "freshet:pattern:e*",
                            "freshet:pattern-entry:e*");
            assertThat(commands.zrange(RedisLayout.fence("a"), 0, 1)).containsExactly("7", "8");
            assertThat(commands.zrange(RedisLayout.fence("a"), 2, 2).get(0)).matches("all:[0-9]{13}");
            assertThat(commands.hgetall(RedisLayout.entry("b"))).containsEntry("p", RedisLayout.position(at(3)));
            for (String fence : List.of("freshet:fence:{a}:a", "freshet:fence:{b}:b", "freshet:pattern:e*")) {
                assertThat(commands.pttl(fence)).as(fence).isBetween(20_000L, WINDOW.toMillis());
            }
            for (String entry : List.of("freshet:entry:{b}:b", "freshet:field:{c}:1:c:f", "freshet:pattern-entry:e*")) {
                assertThat(commands.pttl(entry)).as(entry).isBetween(50_000L, 2 * WINDOW.toMillis());
            }
        }
    }

    @Test
    void aFenceLivesFromItsNewestId() {
        Duration shortWindow = Duration.ofMillis(1500);
        try (TestRedis redis = TestRedis.start();
                CacheStore store = RedisCacheStore.at(redis.url(), shortWindow)) {
            RedisCommands<String, String> commands = redis.text();
            String fence = RedisLayout.fence("a");
            apply(store, invalidate("a", Fence.of(7)));
            await().until(() -> commands.pttl(fence) < 1000);

            apply(store, invalidate("a", Fence.of(7)));

            assertThat(commands.pttl(fence)).isGreaterThan(1200);
            await().untilAsserted(() -> assertThat(commands.exists(fence)).isZero());
        }
    }

    @Test
    void aRefusalOfAllEndsThoughNewerIdsKeepTheFence() {
        Duration shortWindow = Duration.ofMillis(600);
        try (TestRedis redis = TestRedis.start();
                RedisCacheStore store = RedisCacheStore.at(redis.url(), shortWindow)) {
            ReadSide readers = new RedisReadSide(redis.text(), store, shortWindow);
            apply(store, invalidate("a", Fence.REFUSE_ALL));

            await().pollInterval(Duration.ofMillis(50)).until(() -> {
                apply(store, invalidate("a", Fence.of(7)));
                String token = readers.lease("a").orElseThrow();
                return readers.fill("a", token, dev.freshet.model.Snapshot.parse("8:8:"), "new");
            });
        }
    }

    // ------------------------------------------------------------ a full Redis

    @Test
    void onAFullRedisKeysStillGoAndAreFenced() {
        try (TestRedis redis = TestRedis.start("--maxmemory", "4mb", "--maxmemory-policy", "noeviction");
                CacheStore store = RedisCacheStore.at(redis.url(), WINDOW)) {
            RedisCommands<String, String> commands = redis.text();
            List.of("plain", "fenced", "guarded", "refreshed").forEach(key -> commands.set(key, "old"));
            commands.hset("hash", "f", "old");
            fill(commands);

            Outcome outcome = store.apply(List.of(
                            invalidate("plain", Fence.NONE),
                            invalidate("fenced", Fence.of(7)),
                            invalidateAt("guarded", Fence.of(7), 1),
                            CacheStoreContract.invalidateField("hash", "f", Fence.of(7)),
                            store("refreshed", "new", Fence.of(7), 1)))
                    .toCompletableFuture()
                    .join();
            store.fencePattern("f*", Fence.of(7), Optional.empty())
                    .toCompletableFuture()
                    .join();

            assertThat(outcome).isEqualTo(new Outcome(4, 0, 1, 0));
            assertThat(commands.exists("plain", "fenced", "guarded", "hash", "refreshed"))
                    .isZero();
            assertThat(commands.exists(
                            RedisLayout.fence("fenced"),
                            RedisLayout.fence("guarded"),
                            RedisLayout.entry("guarded"),
                            RedisLayout.fence("hash"),
                            RedisLayout.fence("refreshed"),
                            RedisLayout.entry("refreshed"),
                            RedisLayout.patternFence("f*")))
                    .isEqualTo(7);
        }
    }

    @Test
    void withoutTheFlagTheKeyWouldStand() {
        try (TestRedis redis = TestRedis.start("--maxmemory", "4mb", "--maxmemory-policy", "noeviction")) {
            Scripts without =
                    AlteredScripts.standardBut(Alteration.of(Scripts.INVALIDATE, Script.ALLOW_OOM, Script.REFUSE_OOM));
            try (CacheStore store = RedisCacheStore.at(redis.url(), WINDOW, Duration.ofSeconds(5), without)) {
                RedisCommands<String, String> commands = redis.text();
                commands.set("fenced", "old");
                fill(commands);

                assertThat(store.apply(List.of(invalidate("fenced", Fence.of(7))))
                                .toCompletableFuture())
                        .failsWithin(Duration.ofSeconds(5));
                assertThat(commands.exists("fenced")).isEqualTo(1);
            }
        }
    }

    private static void fill(RedisCommands<String, String> commands) {
        String ballast = "x".repeat(20_000);
        assertThatThrownBy(() -> IntStream.range(0, 10_000).forEach(i -> commands.set("ballast" + i, ballast)))
                .isInstanceOf(RedisCommandExecutionException.class)
                .hasMessageStartingWith("OOM");
        assertThatThrownBy(() -> IntStream.range(0, 100_000).forEach(i -> commands.set("crumb" + i, "x")))
                .hasMessageStartingWith("OOM");
    }

    // ------------------------------------------------------------ forgetful, restarted, slow, away

    @Test
    void scriptsThatRedisForgotAreLoadedAgain() {
        try (TestRedis redis = TestRedis.start();
                CacheStore store = RedisCacheStore.at(redis.url(), WINDOW)) {
            RedisCommands<String, String> commands = redis.text();
            apply(store, invalidate("k", Fence.of(7)));
            commands.scriptFlush();
            commands.set("k", "old");

            assertThat(apply(store, invalidate("k", Fence.of(8))).removed()).isEqualTo(1);
        }
    }

    @Test
    void aStoreMadeBeforeRedisStandsOutlivesItsRestart() {
        try (TestRedis redis = TestRedis.start();
                CacheStore store = RedisCacheStore.at(redis.url(), WINDOW, Duration.ofSeconds(2))) {
            redis.kill();
            assertThat(store.unfit().toCompletableFuture().join())
                    .hasValueSatisfying(why -> assertThat(why).contains("127.0.0.1:" + redis.port(), "refused"));
            assertUnavailable(store);

            redis.startAgain();
            assertThat(store.unfit().toCompletableFuture().join()).isEmpty();
            apply(store, invalidate("k", Fence.of(7)));
            assertThat(redis.text().exists(RedisLayout.fence("k"))).isEqualTo(1);

            redis.kill();
            assertUnavailable(store);
            redis.startAgain();
            await().ignoreExceptionsInstanceOf(CompletionException.class)
                    .until(() -> apply(store, invalidate("k", Fence.of(7))).removed() == 0);
            assertThat(redis.text().exists(RedisLayout.fence("k"))).isEqualTo(1);
        }
    }

    @Test
    void aRedisThatDoesNotAnswerIsUnavailableInTimeAndNothingIsSentAgain() {
        try (TestRedis redis = TestRedis.start();
                CacheStore store = RedisCacheStore.at(redis.url(), WINDOW, Duration.ofSeconds(1))) {
            RedisCommands<String, String> commands = redis.text();
            apply(store, invalidate("k", Fence.of(7)));
            commands.clientPause(3_000);

            assertUnavailable(store);

            await().until(() -> commands.ping().equals("PONG"));
            assertThat(apply(store, store("k", "v", Fence.of(8), 1)).stored()).isEqualTo(1);
        }
    }

    @Test
    void whatWasUnderWayWhenTheConnectionBrokeFailsAndIsNotSentAgain() {
        try (TestRedis redis = TestRedis.start();
                CacheStore store = RedisCacheStore.at(redis.url(), WINDOW)) {
            apply(store, invalidate("warm", Fence.of(7)));
            redis.text().clientPause(60_000);
            CompletableFuture<Outcome> underWay =
                    store.apply(List.of(store("k", "late", Fence.of(8), 1))).toCompletableFuture();
            redis.kill();

            assertThat(underWay)
                    .failsWithin(Duration.ofSeconds(4))
                    .withThrowableThat()
                    .withCauseInstanceOf(CacheUnavailableException.class);
            redis.startAgain();
            apply(store, invalidate("other", Fence.of(7)));
            assertThat(redis.text().exists("k")).isZero();
        }
    }

    @Test
    void aClosedStoreIsUnavailableAndClosesTwice() {
        CacheStore store = RedisCacheStore.at("redis://127.0.0.1:1", WINDOW);
        store.close();
        store.close();

        assertUnavailable(store);
    }

    // ------------------------------------------------------------ not the right server

    @Test
    void aReplicaIsUnfitAndRefuses() {
        try (TestRedis primary = TestRedis.start();
                TestRedis replica = TestRedis.start("--replicaof", "127.0.0.1", Integer.toString(primary.port()));
                CacheStore store = RedisCacheStore.at(replica.url(), WINDOW)) {
            assertThat(store.unfit().toCompletableFuture().join())
                    .hasValueSatisfying(why -> assertThat(why).contains("replica of 127.0.0.1:" + primary.port()));
            assertUnavailable(store);
        }
    }

    @Test
    void aReplicaThatBecamePrimaryIsUsedAgain() {
        try (TestRedis redis = TestRedis.start();
                TestRedis other = TestRedis.start();
                CacheStore store = RedisCacheStore.at(redis.url(), WINDOW)) {
            RedisCommands<String, String> commands = redis.text();
            commands.replicaof("127.0.0.1", other.port());
            assertUnavailable(store);
            commands.replicaofNoOne();

            assertThat(apply(store, invalidate("k", Fence.of(7))).removed()).isZero();
        }
    }

    @Test
    void aWrongPasswordIsReportedWithoutIt() {
        try (TestRedis redis = TestRedis.start("--requirepass", "right");
                CacheStore store = RedisCacheStore.at(
                        "redis://user:wr0ng@127.0.0.1:" + redis.port(), WINDOW, Duration.ofSeconds(2))) {
            // Now and then Lettuce has closed the connection before it reads the reply.
            await().until(
                            () -> {
                                String why = store.unfit()
                                        .toCompletableFuture()
                                        .join()
                                        .orElseThrow();
                                assertThat(why).doesNotContain("wr0ng");
                                return why;
                            },
                            why -> why.contains("WRONGPASS"));
        }
        assertThatThrownBy(() -> RedisCacheStore.at("postgres://user:wr0ng@h", WINDOW))
                .isInstanceOf(IllegalArgumentException.class)
                .hasNoCause()
                .hasMessageNotContaining("wr0ng");
    }

    @Test
    void aServerThatRefusesTheGreetingDoesNotMakeThePasswordKnown() {
        try (TestRedis redis = TestRedis.start("--rename-command", "HELLO", "", "--rename-command", "AUTH", "");
                CacheStore store = RedisCacheStore.at(
                        "redis://user:wr0ng@127.0.0.1:" + redis.port(), WINDOW, Duration.ofSeconds(2))) {
            CompletableFuture<Outcome> answer =
                    store.apply(List.of(invalidate("k", Fence.NONE))).toCompletableFuture();

            assertThatThrownBy(answer::join)
                    .satisfies(thrown -> assertThat(stackTrace(thrown))
                            .contains("unknown command")
                            .doesNotContain("wr0ng"));
        }
    }

    private static String stackTrace(Throwable thrown) {
        StringWriter text = new StringWriter();
        thrown.printStackTrace(new PrintWriter(text, true));
        return text.toString();
    }

    @Test
    void errorsHoldNoKeysOrValues() {
        try (TestRedis redis = TestRedis.start("--rename-command", "EVALSHA", "");
                CacheStore store = RedisCacheStore.at(redis.url(), WINDOW)) {
            CompletableFuture<Outcome> answer = store.apply(List.of(store("s3cret-key", "s3cret", Fence.of(7), 1)))
                    .toCompletableFuture();

            assertThatThrownBy(answer::join)
                    .satisfies(thrown ->
                            assertThat(stackTrace(thrown)).contains("EVALSHA").doesNotContain("s3cret"));
        }
    }

    // ------------------------------------------------------------ keys that are bytes

    @Test
    void aSweepTakesKeysThatAreNoTextForWhatTheyAre() {
        try (TestRedis redis = TestRedis.start();
                CacheStore store = RedisCacheStore.at(redis.url(), WINDOW)) {
            RedisCommands<byte[], byte[]> commands = redis.bytes();
            byte[] binary = {'k', ':', (byte) 0xff, 0, (byte) 0xc3};
            byte[] replaced = "k:\ufffd\0\ufffd".getBytes(StandardCharsets.UTF_8);
            byte[] other = {'x', ':', (byte) 0xff};
            List.of(binary, replaced, other).forEach(key -> commands.set(key, new byte[0]));
            KeyScan form = new KeyScan("k:*", java.util.regex.Pattern.compile("k:[0-9]+"));

            assertThat(store.sweep(form, Optional.empty()).toCompletableFuture().join())
                    .isZero();
            assertThat(store.sweep(
                                    KeyScan.ofGlob(dev.freshet.model.KeyTemplate.escapeGlob("k:\ufffd\0\ufffd")),
                                    Optional.empty())
                            .toCompletableFuture()
                            .join())
                    .isEqualTo(1);
            assertThat(commands.exists(binary)).isEqualTo(1);
            assertThat(store.sweep(KeyScan.ofGlob("k:*"), Optional.empty())
                            .toCompletableFuture()
                            .join())
                    .isEqualTo(1);
            assertThat(commands.exists(binary)).isZero();
            assertThat(commands.exists(other)).isEqualTo(1);
        }
    }

    // ------------------------------------------------------------ each refusal by its kind

    /** The call fails with the kind's name and mend, and the same store works once the cause is undone. */
    private static void refusedUntil(CacheStore store, Refusal kind, Runnable undo) {
        await().ignoreExceptions()
                .untilAsserted(() -> assertThat(store.apply(List.of(invalidate("k", Fence.of(7))))
                                .toCompletableFuture())
                        .failsWithin(Duration.ofSeconds(4))
                        .withThrowableThat()
                        .havingCause()
                        .isInstanceOf(CacheUnavailableException.class)
                        .withMessageContaining(kind.name() + " ")
                        .withMessageContaining(kind.mend()));
        undo.run();
        await().ignoreExceptionsInstanceOf(CompletionException.class)
                .until(() -> apply(store, invalidate("k", Fence.of(7))).removed() == 0);
    }

    @Test
    void aServerWithTooFewReplicasIsWaitedFor() {
        try (TestRedis redis = TestRedis.start();
                CacheStore store = RedisCacheStore.at(redis.url(), WINDOW)) {
            RedisCommands<String, String> commands = redis.text();
            commands.configSet("min-replicas-to-write", "1");
            refusedUntil(store, Refusal.NOREPLICAS, () -> commands.configSet("min-replicas-to-write", "0"));
        }
    }

    @Test
    void aRightThatIsMissingIsWaitedFor() {
        try (TestRedis redis = TestRedis.start();
                CacheStore store = RedisCacheStore.at(
                        redis.url().replace("redis://", "redis://freshet:none@"), WINDOW, Duration.ofSeconds(2))) {
            RedisCommands<String, String> commands = redis.text();
            commands.aclSetuser(
                    "freshet",
                    AclSetuserArgs.Builder.on().addPassword("none").allKeys().allCommands());
            apply(store, invalidate("k", Fence.of(7)));
            commands.aclSetuser("freshet", new AclSetuserArgs().removeCommand(CommandType.EVALSHA));
            refusedUntil(
                    store, Refusal.NOPERM, () -> commands.aclSetuser("freshet", new AclSetuserArgs().allCommands()));
            // Inside a script the refusal has another form, and the same mend.
            commands.aclSetuser("freshet", new AclSetuserArgs().removeCommand(CommandType.ZADD));
            assertThat(store.apply(List.of(invalidate("k", Fence.of(7)))).toCompletableFuture())
                    .failsWithin(Duration.ofSeconds(4))
                    .withThrowableThat()
                    .havingCause()
                    .withMessageContaining(Refusal.NOPERM.mend());
            commands.aclSetuser("freshet", new AclSetuserArgs().allCommands().resetKeys());
            assertThat(store.apply(List.of(invalidate("k", Fence.of(7)))).toCompletableFuture())
                    .failsWithin(Duration.ofSeconds(4))
                    .withThrowableThat()
                    .havingCause()
                    .withMessageContaining(Refusal.NOPERM.mend());
        }
    }

    @Test
    void aPasswordThatIsSetLaterIsFound() {
        try (TestRedis redis = TestRedis.start();
                CacheStore store = RedisCacheStore.at(
                        redis.url().replace("redis://", "redis://:later@"), WINDOW, Duration.ofSeconds(2))) {
            RedisCommands<String, String> commands = redis.text();
            commands.configSet("requirepass", "first");
            assertUnavailable(store);
            commands.configSet("requirepass", "later");
            await().ignoreExceptionsInstanceOf(CompletionException.class)
                    .until(() -> apply(store, invalidate("k", Fence.of(7))).removed() == 0);
        }
    }

    @Test
    void aServerThatRunsALongScriptIsWaitedFor() {
        try (TestRedis redis = TestRedis.start("--busy-reply-threshold", "50");
                CacheStore store = RedisCacheStore.at(redis.url(), WINDOW)) {
            apply(store, invalidate("k", Fence.of(7)));
            RedisCommands<String, String> other = redis.text();
            RedisCommands<String, String> commands = redis.text();
            CompletableFuture<Object> endless =
                    CompletableFuture.supplyAsync(() -> other.eval("while true do end", ScriptOutputType.VALUE));
            refusedUntil(store, Refusal.BUSY, commands::scriptKill);
            assertThat(endless).failsWithin(Duration.ofSeconds(4));
        }
    }

    @Test
    void aServerThatLoadsItsDataIsWaitedFor() {
        try (TestRedis redis =
                        TestRedis.start("--key-load-delay", "3000", "--loading-process-events-interval-bytes", "1024");
                CacheStore store = RedisCacheStore.at(redis.url(), WINDOW)) {
            RedisCommands<String, String> commands = redis.text();
            IntStream.range(0, 1_000).forEach(i -> commands.set("key:" + i, "x".repeat(100)));
            commands.save();
            redis.kill();
            CompletableFuture<Void> starting = CompletableFuture.runAsync(redis::startAgain);
            refusedUntil(store, Refusal.LOADING, starting::join);
        }
    }

    @Test
    void aNodeOfAClusterIsNamedAsSuch() {
        try (TestRedis redis = TestRedis.start("--cluster-enabled", "yes");
                CacheStore store = RedisCacheStore.at(redis.url(), WINDOW)) {
            assertThat(store.apply(List.of(invalidate("k", Fence.of(7)))).toCompletableFuture())
                    .failsWithin(Duration.ofSeconds(4))
                    .withThrowableThat()
                    .havingCause()
                    .withMessageContaining("slots of the cluster");
        }
    }

    private static Outcome apply(CacheStore store, KeyCommand command) {
        return store.apply(List.of(command)).toCompletableFuture().join();
    }

    private static void assertUnavailable(CacheStore store) {
        assertThat(store.apply(List.of(invalidate("k", Fence.of(7)))).toCompletableFuture())
                .failsWithin(Duration.ofSeconds(4))
                .withThrowableThat()
                .withCauseInstanceOf(CacheUnavailableException.class);
    }
}
