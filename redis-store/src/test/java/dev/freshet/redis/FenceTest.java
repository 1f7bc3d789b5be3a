package dev.freshet.redis;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;

class FenceTest {

    @Test
    void togetherTwoFencesRefuseWhatEitherRefuses() {
        assertThat(Fence.of(3).and(Fence.of(1))).isEqualTo(new Fence(Set.of(1L, 3L), false));
        assertThat(Fence.of(1).and(Fence.NONE)).isEqualTo(Fence.of(1));
        assertThat(Fence.NONE.and(Fence.of(1))).isEqualTo(Fence.of(1));
        assertThat(Fence.of(1).and(Fence.REFUSE_ALL)).isEqualTo(new Fence(Set.of(1L), true));
        assertThat(Fence.NONE.and(Fence.NONE)).isEqualTo(Fence.NONE);
    }
}
