package dev.freshet.redis;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FenceTest {

    @Test
    void togetherTwoFencesRefuseWhatEitherRefuses() {
        assertThat(Fence.of(3, 1).and(Fence.of(2, 3))).isEqualTo(Fence.of(1, 2, 3));
        assertThat(Fence.of(1).and(Fence.NONE)).isEqualTo(Fence.of(1));
        assertThat(Fence.NONE.and(Fence.of(1))).isEqualTo(Fence.of(1));
        assertThat(Fence.of(1).and(Fence.REFUSE_ALL)).isEqualTo(new Fence.Transactions(new long[] {1}, true));
        assertThat(Fence.NONE.and(Fence.NONE)).isEqualTo(Fence.NONE);
    }

    @Test
    void aFenceWithoutIdsRefusesAll() {
        assertThat(Fence.of()).isEqualTo(Fence.REFUSE_ALL);
    }
}
