package dev.freshet.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ReadOptionsTest {

    private final ReadOptions options =
            ReadOptions.defaults().withTtl(Duration.ofSeconds(100)).withJitter(0.2);

    @Test
    void jitterOnlyShortens() {
        assertThat(options.life(true, 0)).isEqualTo(Duration.ofSeconds(100));
        assertThat(options.life(true, 1)).isEqualTo(Duration.ofSeconds(80));
        assertThat(options.withNegativeTtl(Duration.ofSeconds(10)).life(false, 0.5))
                .isEqualTo(Duration.ofSeconds(9));
    }

    @Test
    void whatMakesNoSenseIsRefused() {
        assertThatThrownBy(() -> options.withTtl(Duration.ZERO)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> options.withJitter(1.5)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> options.withJitter(Double.NaN)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> options.withNegativeTtl(Duration.ofSeconds(-1)))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
