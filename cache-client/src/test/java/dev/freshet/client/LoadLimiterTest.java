package dev.freshet.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LoadLimiterTest {

    private final List<String> running = new ArrayList<>();

    @Test
    void soManyRunAndTheOthersFollowInOrder() {
        LoadLimiter limiter = new LoadLimiter(2);
        for (String load : List.of("a", "b", "c", "d")) {
            limiter.run(Runnable::run, () -> running.add(load));
        }
        assertThat(running).containsExactly("a", "b");
        assertThat(limiter.queued()).isEqualTo(2);
        limiter.done();
        assertThat(running).containsExactly("a", "b", "c");
        limiter.done();
        limiter.done();
        limiter.done();
        assertThat(running).containsExactly("a", "b", "c", "d");
        limiter.run(Runnable::run, () -> running.add("e"));
        assertThat(running).contains("e");
    }

    @Test
    void thereIsRoomForOneAtLeast() {
        assertThatThrownBy(() -> new LoadLimiter(0)).isInstanceOf(IllegalArgumentException.class);
    }
}
