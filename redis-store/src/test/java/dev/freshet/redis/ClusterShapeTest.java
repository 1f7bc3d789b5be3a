package dev.freshet.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.api.StatefulRedisConnection;
import java.lang.reflect.Proxy;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ClusterShapeTest {

    private static final int SLOT = 7;

    @Test
    void aSlotThatMovesToOneOtherPrimaryMovesItsKeysOnce() {
        assertThat(once(at("a"), at("a"), at("a"))).isTrue();
        assertThat(once(at("a"), at("b"), at("b"))).isTrue();
        assertThat(once(at("a"), giving("a", "b"), at("b"))).isTrue();
        assertThat(once(giving("a", "b"), giving("a", "b"), giving("a", "b"))).isTrue();
        assertThat(once(giving("a", "b"), at("b"), at("b"))).isTrue();
    }

    @Test
    void oneThatMovesOnOrBackMayMoveThemTwice() {
        assertThat(once(at("a"), at("b"), at("a"))).isFalse();
        assertThat(once(at("a"), at("b"), at("c"))).isFalse();
        assertThat(once(at("a"), at("b"), giving("b", "c"))).isFalse();
        assertThat(once(giving("a", "b"), at("a"), at("a"))).isFalse();
        assertThat(once(giving("a", "b"), giving("a", "c"), giving("a", "c"))).isFalse();
    }

    @Test
    void aShapeIsStillTheSameOnlyWhereNothingMovesOrCameBack() {
        assertThat(at("a").isStillAs(at("a"))).isTrue();
        assertThat(at("a").isStillAs(at("b"))).isFalse();
        assertThat(giving("a", "b").isStillAs(at("a"))).isFalse();
        assertThat(at("a").isStillAs(giving("a", "b"))).isFalse();
        assertThat(shape("a", Map.of(), 2).isStillAs(shape("a", Map.of(), 1))).isFalse();
    }

    private static boolean once(ClusterShape... looks) {
        return ClusterShape.eachKeyMovedOnceAtMost(List.of(looks));
    }

    private static ClusterShape at(String owner) {
        return shape(owner, Map.of(), 1);
    }

    private static ClusterShape giving(String owner, String to) {
        return shape(owner, Map.of(SLOT, to), 1);
    }

    /** All other slots are a's. */
    private static ClusterShape shape(String owner, Map<Integer, String> giving, long epoch) {
        return new ClusterShape(List.of("a", "b", "c").stream()
                .map(id -> {
                    BitSet slots = new BitSet();
                    slots.set(0, SlotTag.SLOTS, id.equals("a"));
                    slots.set(SLOT, id.equals(owner));
                    return new ClusterShape.Primary(
                            id, id, 1, epoch, slots, id.equals(owner) ? giving : Map.of(), unused());
                })
                .toList());
    }

    @SuppressWarnings("unchecked")
    private static StatefulRedisConnection<byte[], byte[]> unused() {
        return (StatefulRedisConnection<byte[], byte[]>) Proxy.newProxyInstance(
                ClusterShapeTest.class.getClassLoader(),
                new Class<?>[] {StatefulRedisConnection.class},
                (proxy, method, arguments) -> {
                    throw new UnsupportedOperationException(method.getName());
                });
    }
}
