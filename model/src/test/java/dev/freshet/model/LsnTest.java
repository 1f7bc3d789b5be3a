package dev.freshet.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class LsnTest {

    @ParameterizedTest
    @CsvSource({
        "16/B374D848, 97500059720",
        "0/0, 0",
        "FFFFFFFF/FFFFFFFF, -1",
        "0/FFFFFFFF, 4294967295",
        "1/0, 4294967296"
    })
    void aPositionIsTwoHexadecimalHalves(String text, long value) {
        assertThat(Lsn.parse(text)).isEqualTo(new Lsn(value)).hasToString(text);
    }

    @Test
    void lowerCaseIsReadToo() {
        assertThat(Lsn.parse("16/b374d848")).isEqualTo(Lsn.parse("16/B374D848"));
    }

    @Test
    void positionsCompareUnsigned() {
        assertThat(Lsn.parse("80000000/0")).isGreaterThan(Lsn.parse("7FFFFFFF/FFFFFFFF"));
        assertThat(Lsn.ZERO).isLessThan(new Lsn(-1));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "/", "1/", "/1", "1", "1/2/3", "100000000/0", "0/100000000", "-1/0", "0/-1", "g/0", "1 /0"})
    void whatIsNoPositionIsRefused(String text) {
        assertThatThrownBy(() -> Lsn.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("'" + text + "' is not a log position");
    }

    @Test
    void changesAreOrderedByEpochThenCommitThenPlace() {
        Position first = new Position(1, new Lsn(-1), new Lsn(-1));
        Position restored = new Position(2, new Lsn(5), new Lsn(9));
        Position later = new Position(2, new Lsn(6), new Lsn(7));
        assertThat(first).isLessThan(restored);
        assertThat(restored).isLessThan(later).isLessThan(new Position(2, new Lsn(5), new Lsn(10)));
        assertThat(later).isEqualByComparingTo(new Position(2, new Lsn(6), new Lsn(7)));
    }
}
