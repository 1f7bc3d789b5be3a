package dev.freshet.redis;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MarkerReadingTest {

    @Test
    void ofAPlaceTheLowestHolds() {
        assertThat(MarkerReading.together(List.of(
                        Map.of("t/0", "id:10", "t/1", "id:5"),
                        Map.of("t/0", "id:9", "t/1", "id:5"),
                        Map.of("t/0", "id:30", "t/1", "id:7"))))
                .isEqualTo(Map.of("t/0", "id:9", "t/1", "id:5"));
    }

    @Test
    void whatOneLacksOrTellsOtherwiseIsNotKnown() {
        assertThat(MarkerReading.together(List.of(
                        Map.of("t/0", "id:10", "cache/a", "x", "cache/b", "y", "generation", "g"),
                        Map.of("t/0", "other:10", "cache/b", "z", "generation", "g"))))
                .isEqualTo(Map.of("generation", "g"));
        assertThat(MarkerReading.together(List.of(Map.of("t/0", "id:10"), Map.of())))
                .isEmpty();
    }

    @Test
    void theListOfAnchorsIsNoFieldOfTheCaller() {
        Map<String, String> marker = Map.of("t/0", "id:10", MarkerReading.ANCHORS, "0,5461,16383");

        assertThat(MarkerReading.together(List.of(marker, marker))).isEqualTo(Map.of("t/0", "id:10"));
        assertThat(MarkerReading.listed(marker)).containsExactly(0, 5461, 16383);
        assertThat(MarkerReading.listed(Map.of(MarkerReading.ANCHORS, "7,x,,99999")))
                .containsExactly(7);
        assertThat(MarkerReading.listed(Map.of())).isEmpty();
    }
}
