package dev.freshet.redis.fillmodel;

import static dev.freshet.redis.fillmodel.ClusterWorld.Act.CHECK_PATTERN;
import static dev.freshet.redis.fillmodel.ClusterWorld.Act.CHECK_TAG;
import static dev.freshet.redis.fillmodel.ClusterWorld.Act.CHECK_VERSION;
import static dev.freshet.redis.fillmodel.ClusterWorld.Act.FILE;
import static dev.freshet.redis.fillmodel.ClusterWorld.Act.FILL;
import static dev.freshet.redis.fillmodel.ClusterWorld.Act.LEASE;
import static dev.freshet.redis.fillmodel.ClusterWorld.Act.LOAD;
import static dev.freshet.redis.fillmodel.ClusterWorld.Act.READ_PATTERNS;
import static dev.freshet.redis.fillmodel.ClusterWorld.Act.READ_VERSION;
import static dev.freshet.redis.fillmodel.ClusterWorld.Act.SNAPSHOT;
import static dev.freshet.redis.fillmodel.ClusterWorld.Deed.FENCE_PATTERN;
import static dev.freshet.redis.fillmodel.ClusterWorld.Deed.FENCE_TAG;
import static dev.freshet.redis.fillmodel.ClusterWorld.Deed.PUBLISH_PATTERN;
import static dev.freshet.redis.fillmodel.ClusterWorld.Deed.PUBLISH_VERSION;
import static dev.freshet.redis.fillmodel.ClusterWorld.Deed.WALK_BOTH;
import static dev.freshet.redis.fillmodel.ClusterWorld.Deed.WALK_LEASES;
import static dev.freshet.redis.fillmodel.ClusterWorld.Deed.WALK_MEMBERS;
import static dev.freshet.redis.fillmodel.ClusterWorld.Deed.WALK_MEMBERS_VALUES;
import static dev.freshet.redis.fillmodel.ClusterWorld.Deed.WALK_VALUES;
import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.redis.fillmodel.ClusterWorld.Act;
import dev.freshet.redis.fillmodel.ClusterWorld.Deed;
import dev.freshet.redis.fillmodel.ClusterWorld.Rounds;
import dev.freshet.redis.fillmodel.ClusterWorld.Rules;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** No value stays that lacks a change which a cluster's writer has applied; and for each rule, that one does without it. */
class ClusterFillModelTest {

    private static final List<Deed> PATTERN = List.of(FENCE_PATTERN, WALK_LEASES, WALK_VALUES);
    private static final List<Deed> NEW_PATTERN =
            List.of(PUBLISH_PATTERN, PUBLISH_VERSION, FENCE_PATTERN, WALK_LEASES, WALK_VALUES);
    private static final List<Deed> TAG = List.of(FENCE_TAG, WALK_MEMBERS);

    private static final List<Act> CHECKS_PATTERN = List.of(LEASE, SNAPSHOT, LOAD, CHECK_PATTERN, FILL);
    private static final List<Act> CHECKS_VERSION =
            List.of(READ_VERSION, READ_PATTERNS, LEASE, SNAPSHOT, LOAD, CHECK_VERSION, CHECK_PATTERN, FILL);
    private static final List<Act> CHECKS_TAG = List.of(LEASE, SNAPSHOT, LOAD, FILE, CHECK_TAG, FILL);

    private static final List<Integer> A_THEN_B = List.of(0, 1);
    private static final List<Integer> B_THEN_A = List.of(1, 0);

    private record Case(String name, Rules rules) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static Case of(String name, List<Deed> writer, List<Act> reader) {
        return of(name, writer, reader, Rounds.ONE, 0, A_THEN_B);
    }

    private static Case of(
            String name, List<Deed> writer, List<Act> reader, Rounds rounds, int moves, List<Integer> order) {
        return new Case(name, new Rules(writer, reader, rounds, moves, order, false));
    }

    static Stream<Case> asWritten() {
        return Stream.of(
                of("pattern", PATTERN, CHECKS_PATTERN),
                of("pattern, slot moves", PATTERN, CHECKS_PATTERN, Rounds.UNTIL_SETTLED, 1, A_THEN_B),
                of(
                        "pattern, slot moves, walked the other way",
                        PATTERN,
                        CHECKS_PATTERN,
                        Rounds.UNTIL_SETTLED,
                        1,
                        B_THEN_A),
                of("pattern, slot moves, always two rounds", PATTERN, CHECKS_PATTERN, Rounds.TWO, 1, B_THEN_A),
                of("pattern, slot moves and back", PATTERN, CHECKS_PATTERN, Rounds.UNTIL_SETTLED, 2, A_THEN_B),
                of("new pattern", NEW_PATTERN, CHECKS_VERSION),
                of("tag", TAG, CHECKS_TAG),
                of("tag, slot moves", TAG, CHECKS_TAG, Rounds.ONE, 1, A_THEN_B));
    }

    static Stream<Case> altered() {
        return Stream.of(
                of("nobody voids leases", List.of(FENCE_PATTERN, WALK_VALUES), CHECKS_PATTERN),
                of("leases and values in one walk", List.of(FENCE_PATTERN, WALK_BOTH), CHECKS_PATTERN),
                of("values before leases", List.of(FENCE_PATTERN, WALK_VALUES, WALK_LEASES), CHECKS_PATTERN),
                of("fence after the walks", List.of(WALK_LEASES, WALK_VALUES, FENCE_PATTERN), CHECKS_PATTERN),
                of("fence between the walks", List.of(WALK_LEASES, FENCE_PATTERN, WALK_VALUES), CHECKS_PATTERN),
                of("no fence", List.of(WALK_LEASES, WALK_VALUES), CHECKS_PATTERN),
                of(
                        "the pattern is checked before the lease",
                        PATTERN,
                        List.of(SNAPSHOT, CHECK_PATTERN, LEASE, LOAD, FILL)),
                of("nobody checks the pattern", PATTERN, List.of(LEASE, SNAPSHOT, LOAD, FILL)),
                of("one round while a slot moves", PATTERN, CHECKS_PATTERN, Rounds.ONE, 1, B_THEN_A),
                of(
                        "a slot that went away and came back is taken for one that stayed",
                        PATTERN,
                        CHECKS_PATTERN,
                        Rounds.UNTIL_SETTLED_BY_NAME,
                        2,
                        A_THEN_B),
                of(
                        "the version before the patterns",
                        List.of(PUBLISH_VERSION, PUBLISH_PATTERN, FENCE_PATTERN, WALK_LEASES, WALK_VALUES),
                        CHECKS_VERSION),
                of(
                        "the patterns are read before their version",
                        NEW_PATTERN,
                        List.of(
                                READ_PATTERNS,
                                READ_VERSION,
                                LEASE,
                                SNAPSHOT,
                                LOAD,
                                CHECK_VERSION,
                                CHECK_PATTERN,
                                FILL)),
                of(
                        "the pattern is fenced before it is published",
                        List.of(FENCE_PATTERN, WALK_LEASES, WALK_VALUES, PUBLISH_PATTERN, PUBLISH_VERSION),
                        CHECKS_VERSION),
                of(
                        "the version is checked before the lease",
                        NEW_PATTERN,
                        List.of(
                                READ_VERSION,
                                READ_PATTERNS,
                                CHECK_VERSION,
                                LEASE,
                                SNAPSHOT,
                                LOAD,
                                CHECK_PATTERN,
                                FILL)),
                of(
                        "filed after the tag's fence was checked",
                        TAG,
                        List.of(LEASE, SNAPSHOT, LOAD, CHECK_TAG, FILE, FILL)),
                of("nobody files", TAG, List.of(LEASE, SNAPSHOT, LOAD, CHECK_TAG, FILL)),
                of("the tag's fence after its walk", List.of(WALK_MEMBERS, FENCE_TAG), CHECKS_TAG),
                of("a member's lease stands", List.of(FENCE_TAG, WALK_MEMBERS_VALUES), CHECKS_TAG),
                new Case(
                        "a tag's cursor is used at another primary",
                        new Rules(TAG, CHECKS_TAG, Rounds.ONE, 1, A_THEN_B, true)));
    }

    @ParameterizedTest
    @MethodSource("asWritten")
    void noAppliedChangeIsLacking(Case as) {
        Exploration.Result result = explore(as);

        assertThat(result.trace()).as("%s, %d states", as, result.states()).isEmpty();
        assertThat(result.witnesses())
                .as("states in which a value was filled after the change, of %d", result.states())
                .isPositive();
    }

    @ParameterizedTest
    @MethodSource("altered")
    void eachAlterationLeavesAnOldValue(Case as) {
        assertThat(explore(as).trace()).as("%s", as).isNotEmpty();
    }

    private static Exploration.Result explore(Case as) {
        ClusterWorld world = new ClusterWorld(as.rules());
        return Exploration.of(world, world::stale, world::filled);
    }
}
