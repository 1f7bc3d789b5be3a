package dev.freshet.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

final class SampleTest {

    private final Sample hundred = Sample.ofNanos(
            LongStream.rangeClosed(1, 100).map(i -> (101 - i) * 1_000_000).toArray());

    @Test
    void aPartIsTheSmallestTimeThatItDidNotExceed() {
        assertThat(hundred.millis(0.5)).isEqualTo(50);
        assertThat(hundred.millis(0.99)).isEqualTo(99);
        assertThat(hundred.millis(0.991)).isEqualTo(100);
        assertThat(hundred.millis(0.001)).isEqualTo(1);
        assertThat(hundred.millis(1)).isEqualTo(100);
    }

    @Test
    void oneTimeIsEveryPart() {
        Sample one = Sample.ofNanos(2_500_000);

        assertThat(one.millis(0.01)).isEqualTo(2.5);
        assertThat(one.millis(1)).isEqualTo(2.5);
        assertThat(one.size()).isEqualTo(1);
    }

    @Test
    void nothingAndNoPartAreRefused() {
        assertThatThrownBy(Sample::ofNanos).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> hundred.millis(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> hundred.millis(1.01)).isInstanceOf(IllegalArgumentException.class);
    }
}
