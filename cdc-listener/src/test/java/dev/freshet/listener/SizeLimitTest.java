package dev.freshet.listener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class SizeLimitTest {

    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final String BIG = "x".repeat(1000);
    private static final String BIGGER = "y".repeat(2000);

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static final byte[] UPDATE = utf8("{\"before\":{\"id\":\"" + BIG + "\",\"a\":\"" + BIG
            + "\",\"b\":null},\"after\":{\"id\":\"" + BIG + "\",\"a\":\"" + BIGGER
            + "\",\"b\":12.50},\"source\":{\"lsn\":1},\"op\":\"u\"}");

    @Test
    void aValueThatFitsIsTheSameBytes() {
        assertThat(SizeLimit.fit(UPDATE, List.of("id"), UPDATE.length)).isSameAs(UPDATE);
    }

    @Test
    void theLargestColumnGoesFirstAndNoMoreThanNeeded() throws IOException {
        byte[] fitted = SizeLimit.fit(UPDATE, List.of("id"), UPDATE.length - 1);
        JsonNode json = MAPPER.readTree(fitted);
        assertThat(fitted.length).isLessThan(UPDATE.length);
        assertThat(json.at("/after/a").asText()).isEqualTo(SizeLimit.UNAVAILABLE);
        assertThat(json.at("/before/a").asText()).isEqualTo(BIG);
        assertThat(json.at("/source/lsn").asInt()).isEqualTo(1);
    }

    @Test
    void bothImagesGiveWayButNeverTheKey() throws IOException {
        JsonNode json = MAPPER.readTree(SizeLimit.fit(UPDATE, List.of("id"), 2300));
        assertThat(json.at("/before/a").asText()).isEqualTo(SizeLimit.UNAVAILABLE);
        assertThat(json.at("/after/a").asText()).isEqualTo(SizeLimit.UNAVAILABLE);
        assertThat(json.at("/before/id").asText()).isEqualTo(BIG);
        assertThat(json.at("/after/id").asText()).isEqualTo(BIG);
    }

    @Test
    void smallValuesKeepTheirExactText() {
        String fitted = new String(SizeLimit.fit(UPDATE, List.of("id"), 2300), StandardCharsets.UTF_8);
        assertThat(fitted).contains("\"b\":null").contains("\"b\":12.50");
    }

    @Test
    void aResultNeverExceedsTheLimit() {
        for (int limit = 2200; limit < UPDATE.length; limit += 7) {
            assertThat(SizeLimit.fit(UPDATE, List.of("id"), limit).length).isLessThanOrEqualTo(limit);
        }
    }

    @Test
    void anInsertHasNoBeforeImageToLookAt() throws IOException {
        byte[] insert = utf8("{\"before\":null,\"after\":{\"id\":1,\"a\":\"" + BIG + "\"},\"op\":\"c\"}");
        assertThat(MAPPER.readTree(SizeLimit.fit(insert, List.of("id"), 200))
                        .at("/after/a")
                        .asText())
                .isEqualTo(SizeLimit.UNAVAILABLE);
    }

    @Test
    void whatCannotFitIsAnErrorThatNamesTheSetting() {
        assertThatThrownBy(() -> SizeLimit.fit(UPDATE, List.of("id"), 500))
                .isInstanceOf(ListenerException.class)
                .hasMessageContaining("max.message.bytes")
                .hasMessageNotContaining(BIG);
    }
}
