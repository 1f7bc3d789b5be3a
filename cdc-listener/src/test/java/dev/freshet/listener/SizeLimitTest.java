package dev.freshet.listener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
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

    private static final byte[] KEY = utf8("{\"id\":1}");

    private static OutgoingRecord fit(byte[] value, int limit) {
        return SizeLimit.fit(new OutgoingRecord("shop.public.books", KEY, value, 3), List.of("id"), limit + KEY.length);
    }

    private static byte[] value(byte[] value, int limit) {
        OutgoingRecord fitted = fit(value, limit);
        assertThat(fitted.key()).isSameAs(KEY);
        assertThat(fitted.epoch()).isEqualTo(3);
        return Objects.requireNonNull(fitted.value());
    }

    @Test
    void aValueThatFitsIsTheSameBytes() {
        assertThat(value(UPDATE, UPDATE.length)).isSameAs(UPDATE);
    }

    @Test
    void theLargestColumnGoesFirstAndNoMoreThanNeeded() throws IOException {
        byte[] fitted = value(UPDATE, UPDATE.length - 1);
        JsonNode json = MAPPER.readTree(fitted);
        assertThat(fitted.length).isLessThan(UPDATE.length);
        assertThat(json.at("/after/a").asText()).isEqualTo(SizeLimit.UNAVAILABLE);
        assertThat(json.at("/after/id").asText()).isEqualTo(BIG);
        assertThat(json.at("/source/lsn").asInt()).isEqualTo(1);
    }

    @Test
    void bothImagesGiveWayButNeverTheKey() throws IOException {
        JsonNode json = MAPPER.readTree(value(UPDATE, 2300));
        assertThat(json.at("/before/a").asText()).isEqualTo(SizeLimit.UNAVAILABLE);
        assertThat(json.at("/after/a").asText()).isEqualTo(SizeLimit.UNAVAILABLE);
        assertThat(json.at("/before/id").asText()).isEqualTo(BIG);
        assertThat(json.at("/after/id").asText()).isEqualTo(BIG);
    }

    @Test
    void smallValuesKeepTheirExactText() {
        String fitted = new String(value(UPDATE, 2300), StandardCharsets.UTF_8);
        assertThat(fitted).contains("\"b\":null").contains("\"b\":12.50");
    }

    @Test
    void aResultNeverExceedsTheLimit() {
        for (int limit = 2200; limit < UPDATE.length; limit += 7) {
            assertThat(value(UPDATE, limit).length).isLessThanOrEqualTo(limit);
        }
    }

    @Test
    void anInsertHasNoBeforeImageToLookAt() throws IOException {
        byte[] insert = utf8("{\"before\":null,\"after\":{\"id\":1,\"a\":\"" + BIG + "\"},\"op\":\"c\"}");
        assertThat(MAPPER.readTree(value(insert, 200)).at("/after/a").asText()).isEqualTo(SizeLimit.UNAVAILABLE);
    }

    /** Else its reader would take the value for one that the update left as it was: the old one. */
    @Test
    void aColumnThatGivesWayInTheNewImageIsNotToldInTheOldOne() throws IOException {
        byte[] update =
                utf8("{\"before\":{\"id\":1,\"a\":\"old\"},\"after\":{\"id\":1,\"a\":\"" + BIG + "\"},\"op\":\"u\"}");
        JsonNode json = MAPPER.readTree(value(update, 300));
        assertThat(json.at("/before/a").asText()).isEqualTo(SizeLimit.UNAVAILABLE);
        assertThat(json.at("/after/a").asText()).isEqualTo(SizeLimit.UNAVAILABLE);
        assertThat(json.at("/after/id").asInt()).isEqualTo(1);
    }

    @Test
    void whatDoesNotFitWithItsKeySaysThatSomeRowChanged() throws IOException {
        OutgoingRecord fitted = fit(UPDATE, 500);
        assertThat(fitted.key()).isNull();
        assertThat(fitted.epoch()).isEqualTo(3);
        assertThat(MAPPER.readTree(fitted.value()))
                .isEqualTo(MAPPER.readTree("{\"before\":{},\"after\":{},\"source\":{\"lsn\":1},\"op\":\"u\"}"));
    }

    @Test
    void aKeyThatDoesNotFitIsLeftOut() {
        byte[] key = utf8("{\"id\":\"" + BIG + "\"}");
        OutgoingRecord change =
                SizeLimit.fit(new OutgoingRecord("t", key, utf8("{\"after\":{\"id\":1}}"), 1), List.of("id"), 500);
        assertThat(change.key()).isNull();
        assertThat(change.value()).isEqualTo(utf8("{\"after\":{}}"));
        OutgoingRecord tombstone = SizeLimit.fit(new OutgoingRecord("t", key, null, 1), List.of("id"), 500);
        assertThat(tombstone.key()).isNull();
        assertThat(tombstone.value()).isNull();
    }

    /** Beyond what Jackson reads by default. */
    @Test
    void aRowOfTensOfMegabytesFits() throws IOException {
        byte[] update =
                utf8("{\"before\":null,\"after\":{\"id\":1,\"a\":\"" + "x".repeat(30 << 20) + "\"},\"op\":\"c\"}");
        assertThat(MAPPER.readTree(value(update, 1 << 20)).at("/after/a").asText())
                .isEqualTo(SizeLimit.UNAVAILABLE);
    }

    @Test
    void whatFitsNotEvenWithoutItsColumnsIsAnErrorThatNamesTheSetting() {
        assertThatThrownBy(() -> fit(UPDATE, 20))
                .isInstanceOf(ListenerException.class)
                .hasMessageContaining("max.message.bytes")
                .hasMessageNotContaining(BIG);
    }
}
