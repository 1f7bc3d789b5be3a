package dev.freshet.redis;

import static dev.freshet.redis.CacheStoreContract.store;
import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.model.Snapshot;
import dev.freshet.redis.AlteredScripts.Alteration;
import io.lettuce.core.api.sync.RedisCommands;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every rule of a tag's invalidation, with the scenario of the fill model that breaks without it: the scenario holds as
 * the steps and scripts are, and breaks once the rule is taken out of them.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TagRulesIT {

    private static final Duration WINDOW = Duration.ofSeconds(30);
    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final String TAG = "genre:5";
    private static final Snapshot BEFORE_77 = Snapshot.parse("77:77:");
    private static final Snapshot BEFORE_78 = Snapshot.parse("78:78:");

    private final TestRedis redis = TestRedis.start();
    private final RedisCommands<String, String> commands = redis.text();

    /** What happens to the tag, one step after the other; a reader acts between any two. */
    private interface Order {
        List<Runnable> of(List<Runnable> asWritten);
    }

    @BeforeEach
    void empty() {
        commands.flushall();
    }

    @AfterAll
    void close() {
        redis.close();
    }

    // ------------------------------------------------------------ the order of the steps

    /** F9: wherever the reader's late fill of what it loaded before the change falls. */
    @Test
    void theFenceComesBeforeTheWalk() {
        assertThat(valuesLeftByALateFill(steps -> steps)).isEmpty();
        assertThat(valuesLeftByALateFill(TagRulesIT::reversed))
                .as("with the walk before the fence")
                .containsExactly("filled before step 1");
    }

    /** F4, F5: wherever a reader's fill of what the first change left falls, the second change removes it. */
    @Test
    void walkedKeysStayFiled() {
        assertThat(valuesLeftByTheNextChange(steps -> steps)).isEmpty();
        assertThat(valuesLeftByTheNextChange(steps -> and(steps, () -> commands.zrem(RedisLayout.tag(TAG), "k"))))
                .as("with walked keys taken out")
                .containsExactly("filled before step 2");
        assertThat(valuesLeftByTheNextChange(steps -> and(steps, () -> commands.unlink(RedisLayout.tag(TAG)))))
                .as("with the tag's set unlinked")
                .containsExactly("filled before step 2");
    }

    private List<String> valuesLeftByALateFill(Order order) {
        List<String> left = new ArrayList<>();
        try (Tag tag = new Tag(Scripts.standard())) {
            List<Runnable> steps = order.of(tag.invalidation(77));
            for (int at = 0; at <= steps.size(); at++) {
                commands.flushall();
                String token = tag.lease("k").orElseThrow();
                String when = "filled before step " + at;
                play(steps, at, () -> tag.fill("k", token, BEFORE_77, when));
                left.addAll(Optional.ofNullable(commands.get("k")).stream().toList());
            }
        }
        return left;
    }

    private List<String> valuesLeftByTheNextChange(Order order) {
        List<String> left = new ArrayList<>();
        try (Tag tag = new Tag(Scripts.standard())) {
            List<Runnable> steps = order.of(tag.invalidation(77));
            for (int at = 0; at <= steps.size(); at++) {
                commands.flushall();
                tag.fill("k", tag.lease("k").orElseThrow(), BEFORE_77, "before both");
                String when = "filled before step " + at;
                play(steps, at, () -> tag.lease("k").ifPresent(token -> tag.fill("k", token, BEFORE_78, when)));
                order.of(tag.invalidation(78)).forEach(Runnable::run);
                left.addAll(Optional.ofNullable(commands.get("k")).stream().toList());
            }
        }
        return left;
    }

    private static void play(List<Runnable> steps, int at, Runnable reader) {
        List<Runnable> played = new ArrayList<>(steps);
        played.add(at, reader);
        played.forEach(Runnable::run);
    }

    private static List<Runnable> reversed(List<Runnable> steps) {
        List<Runnable> turned = new ArrayList<>(steps);
        Collections.reverse(turned);
        return turned;
    }

    private static List<Runnable> and(List<Runnable> steps, Runnable last) {
        return Stream.concat(steps.stream(), Stream.of(last)).toList();
    }

    // ------------------------------------------------------------ the scripts

    /** Plays out a race; the tag's keys must be left as said. */
    private interface Scenario {
        boolean holds(TagRulesIT test, Tag tag);
    }

    private record Rule(String name, Alteration without, Scenario scenario) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Rule> rules() {
        return Stream.of(
                new Rule(
                        "an invalidation fences the tag",
                        Alteration.of(Scripts.FENCE_TAG, "add_fence(KEYS[1], ARGV[2], ARGV[1])", ""),
                        TagRulesIT::fillAfterInvalidationIsRefused),
                new Rule(
                        "an invalidation voids the leases",
                        Alteration.of(Scripts.REMOVE_MEMBERS, "call('UNLINK', unpack(KEYS, n + 2, 2 * n + 1))", ""),
                        TagRulesIT::slowFillIsRefusedThoughTheFenceWasEvicted),
                new Rule(
                        "an invalidation ends what a fill's snapshot says",
                        Alteration.of(Scripts.REMOVE_MEMBERS, "call('HDEL', KEYS[i], 's')", ""),
                        TagRulesIT::snapshotEndsWithItsValue),
                new Rule(
                        "F5 nothing leaves before its time",
                        Alteration.of(Scripts.REMOVE_MEMBERS, "string.format('(%.0f', now())", "'+inf'"),
                        TagRulesIT::everyValueGoes),
                new Rule(
                        "what has had its time leaves",
                        Alteration.of(Scripts.REMOVE_MEMBERS, "call('ZREM', KEYS[1], unpack(ended))", ""),
                        TagRulesIT::whatHasHadItsTimeLeaves));
    }

    @ParameterizedTest
    @MethodSource("rules")
    void theScenarioHoldsAndBreaksWithoutTheRule(Rule rule) {
        try (Tag asWritten = new Tag(Scripts.standard())) {
            assertThat(rule.scenario().holds(this, asWritten)).as("as written").isTrue();
        }
        commands.flushall();
        try (Tag broken = new Tag(AlteredScripts.standardBut(rule.without()))) {
            assertThat(rule.scenario().holds(this, broken))
                    .as("without the rule")
                    .isFalse();
        }
    }

    private boolean fillAfterInvalidationIsRefused(Tag tag) {
        tag.invalidate(77);
        return !tag.fill("k", tag.lease("k").orElseThrow(), BEFORE_77, "old");
    }

    private boolean slowFillIsRefusedThoughTheFenceWasEvicted(Tag tag) {
        tag.fill("k", tag.lease("k").orElseThrow(), BEFORE_77, "older");
        commands.del("k");
        String token = tag.lease("k").orElseThrow();
        tag.invalidate(77);
        commands.del(RedisLayout.tagFence(TAG));
        return !tag.fill("k", token, BEFORE_77, "old");
    }

    private boolean snapshotEndsWithItsValue(Tag tag) {
        tag.fill("k", tag.lease("k").orElseThrow(), BEFORE_77, "filled");
        commands.hset(RedisLayout.entry("k"), "s", "200:200:");
        tag.invalidate(77);
        commands.set("k", "by an application");
        tag.store
                .apply(List.of(store("k", "new", Fence.of(78), 2)))
                .toCompletableFuture()
                .join();
        return commands.get("k").equals("new");
    }

    private boolean everyValueGoes(Tag tag) {
        List<String> keys = IntStream.range(0, 3000).mapToObj(i -> "k:" + i).toList();
        for (String key : keys) {
            commands.set(key, "v");
            commands.zadd(RedisLayout.tag(TAG), hourFromNow(), key);
        }
        return tag.invalidate(77) == keys.size()
                && commands.exists(keys.toArray(String[]::new)) == 0
                && commands.zcard(RedisLayout.tag(TAG)) == keys.size();
    }

    private boolean whatHasHadItsTimeLeaves(Tag tag) {
        for (int i = 0; i < 1000; i++) {
            commands.zadd(RedisLayout.tag(TAG), i % 2 == 0 ? hourFromNow() : 1000 + i, "k:" + i);
        }
        tag.invalidate(77);
        return commands.zcard(RedisLayout.tag(TAG)) == 500
                && commands.zcount(
                                RedisLayout.tag(TAG),
                                io.lettuce.core.Range.create(0, Instant.now().toEpochMilli()))
                        == 0;
    }

    private static double hourFromNow() {
        return (double) Instant.now().plusSeconds(3600).toEpochMilli();
    }

    /** A tag with one writer and its readers. */
    private final class Tag implements AutoCloseable {

        private final Scripts scripts;
        private final RedisCacheStore store;
        private final RedisLink link;

        Tag(Scripts scripts) {
            this.scripts = scripts;
            this.store = RedisCacheStore.at(redis.url(), WINDOW, TIMEOUT, scripts);
            this.link = new RedisLink(
                    new OwnClient(RedisClients.plainly(redis.url()), TIMEOUT),
                    Optional.empty(),
                    Duration.ZERO,
                    scripts.all());
        }

        /** The steps that {@link RedisCacheStore#invalidateTag} takes. */
        List<Runnable> invalidation(long transaction) {
            return IntStream.range(0, 2)
                    .<Runnable>mapToObj(step -> () -> link.ask("take a step", connected -> {
                                CommandScripts commands = new CommandScripts(scripts, WINDOW);
                                ScriptCall fence = commands.fenceTag(TAG, Fence.of(transaction));
                                var steps = new TagInvalidation(link, commands, connected, TAG, fence).steps();
                                assertThat(steps).hasSize(2);
                                return steps.get(step).get();
                            })
                            .join())
                    .toList();
        }

        long invalidate(long transaction) {
            return store.invalidateTag(TAG, Fence.of(transaction))
                    .toCompletableFuture()
                    .join();
        }

        Optional<String> lease(String key) {
            return store.lease(key, WINDOW.dividedBy(2)).toCompletableFuture().join();
        }

        boolean fill(String key, String token, Snapshot snapshot, String value) {
            ScriptCall fill = new CommandScripts(scripts, WINDOW)
                    .fill(
                            key,
                            token,
                            snapshot,
                            Duration.ofMinutes(10),
                            List.of(),
                            List.of(TAG),
                            "",
                            WINDOW.dividedBy(2),
                            Utf8.encode(value));
            List<Long> answer =
                    link.ask("fill", connected -> link.run(connected, fill)).join();
            return answer.get(0) == 1;
        }

        @Override
        public void close() {
            store.close();
            link.close();
        }
    }
}
