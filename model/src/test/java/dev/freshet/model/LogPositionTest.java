package dev.freshet.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class LogPositionTest {

    private static final LogPosition HERE = LogPosition.parse("7301:2:1/80000000");

    @ParameterizedTest
    @CsvSource({
        "7301:2:1/80000000, true",
        "7301:2:1/7FFFFFFF, true",
        "7301:1:0/10, true",
        "7301:2:1/80000001, false",
        // What a promoted server writes is not in the log that the other timeline went on with.
        "7301:3:0/10, false",
        // Lost by the promotion, or applied: nobody knows until the log is that far.
        "7301:1:2/0, false",
        "7302:1:0/10, false",
    })
    void itCoversWhatItsOwnLogHeldBefore(String other, boolean covered) {
        assertThat(HERE.covers(LogPosition.parse(other))).isEqualTo(covered);
    }

    @Test
    void itReadsBack() {
        assertThat(LogPosition.parse(HERE.toString())).isEqualTo(HERE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "7301", "7301:1", "7301:x:0/1", "7301:1:01", ":1:0/1", "7301:1:0/1:"})
    void otherTextsAreRefused(String text) {
        assertThatThrownBy(() -> LogPosition.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("system:timeline:position");
    }
}
