package dev.freshet.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class SnapshotTest {

    @ParameterizedTest
    @CsvSource({"9, true", "10, false", "11, true", "12, false", "13, true", "19, true", "20, false", "21, false"})
    void aTransactionIsSeenBelowXminAndWhereItIsNotInProgress(long id, boolean seen) {
        assertThat(Snapshot.parse("10:20:12,10").sees(id)).isEqualTo(seen);
    }

    @Test
    void anIdleServerSeesAllBelowXmax() {
        Snapshot idle = Snapshot.parse("726:726:");
        assertThat(idle.sees(725)).isTrue();
        assertThat(idle.sees(726)).isFalse();
        assertThat(idle.xmin()).isEqualTo(726);
        assertThat(idle.xmax()).isEqualTo(726);
    }

    @Test
    void idsHave64Bits() {
        assertThat(Snapshot.parse("4294967300:4294967310:4294967305").sees(4294967305L))
                .isFalse();
        assertThat(Snapshot.parse("4294967300:4294967310:4294967305").sees(4294967299L))
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"10:20:12,15", "726:726:"})
    void aSnapshotPrintsAsPostgresPrintsIt(String text) {
        assertThat(Snapshot.parse(text)).hasToString(text).isEqualTo(Snapshot.parse(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1:2", "1:2:3:4", "a:2:", "1:2:x", "1:2:3,,4", "::"})
    void whatIsNoSnapshotIsRefused(String text) {
        assertThatThrownBy(() -> Snapshot.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("is not a snapshot");
    }
}
