package dev.freshet.listener;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class AlarmTest {

    private final Alarm alarm = new Alarm();

    private boolean due(boolean wrong, int second) {
        return alarm.due(wrong, TimeUnit.SECONDS.toNanos(second));
    }

    @Test
    void whatLastsIsToldAtOnceAndThenEachMinute() {
        assertThat(due(false, -10)).isFalse();
        assertThat(due(true, -9)).isTrue();
        assertThat(due(true, 50)).isFalse();
        assertThat(due(true, 51)).isTrue();
        assertThat(due(true, 110)).isFalse();
    }

    @Test
    void whatComesAgainIsToldAgain() {
        assertThat(due(true, 0)).isTrue();
        assertThat(due(false, 1)).isFalse();
        assertThat(due(true, 2)).isTrue();
    }
}
