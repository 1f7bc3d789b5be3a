package dev.freshet.listener;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class SlotWatchTest {

    private final AtomicLong activity = new AtomicLong(5);

    private static long seconds(int seconds) {
        return TimeUnit.SECONDS.toNanos(seconds);
    }

    @Test
    void tenSecondsWithoutActivityMeanDeath() {
        SlotWatch watch = new SlotWatch(activity::get);
        assertThat(watch.holderIsDead(seconds(0))).isFalse();
        assertThat(watch.holderIsDead(seconds(9))).isFalse();
        assertThat(watch.holderIsDead(seconds(12))).isTrue();
    }

    @Test
    void eachSignOfLifeStartsTheWaitAgain() {
        SlotWatch watch = new SlotWatch(activity::get);
        for (int second = 0; second < 60; second += 3) {
            assertThat(watch.holderIsDead(seconds(second))).isFalse();
            activity.incrementAndGet();
        }
    }

    @Test
    void anUnreachableLogProvesNothing() {
        AtomicLong failures = new AtomicLong(1);
        SlotWatch watch = new SlotWatch(() -> {
            if (failures.get() > 0) {
                throw new ListenerException("no broker");
            }
            return activity.get();
        });
        assertThat(watch.holderIsDead(seconds(0))).isFalse();
        assertThat(watch.holderIsDead(seconds(20))).isFalse();
        failures.set(0);
        assertThat(watch.holderIsDead(seconds(40))).isFalse();
        assertThat(watch.holderIsDead(seconds(51))).isTrue();
    }
}
