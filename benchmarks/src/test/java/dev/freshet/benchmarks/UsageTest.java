package dev.freshet.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class UsageTest {

    @Test
    void processorTimeIsTheProcessesOwnAndItsEndedChildrens() {
        String stat = "42 (a (odd) name) S 1 42 42 0 -1 4194560 10 20 30 40 150 50 7 3 20 0 1 0 999 0 0";

        assertThat(Usage.cpuSecondsOf(stat)).isEqualTo(2.1);
    }

    @Test
    void peakMemoryIsInMegabytes() {
        assertThat(Usage.peakMegabytesOf("Name:\tjava\nVmPeak:\t  999999 kB\nVmHWM:\t  262144 kB\nVmRSS:\t 1 kB\n"))
                .isEqualTo(256);
        assertThat(Usage.peakMegabytesOf("Name:\tkernel thread\n")).isZero();
    }
}
