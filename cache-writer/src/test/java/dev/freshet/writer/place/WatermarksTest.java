package dev.freshet.writer.place;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.model.ControlRecord.Heartbeat;
import dev.freshet.model.LogPosition;
import dev.freshet.model.Lsn;
import dev.freshet.model.Topics;
import dev.freshet.model.Watermark;
import dev.freshet.writer.FakeMarker;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

final class WatermarksTest {

    private static final TopicPartition CONTROL = new TopicPartition("shop.control", 0);

    private final FakeMarker redis = new FakeMarker();
    private final Watermarks watermarks =
            new Watermarks(redis, redis, new Topics("shop"), Set.of("books", "authors")::contains);

    private static Heartbeat beat(int second, Map<String, List<Long>> ends) {
        return new Heartbeat(new LogPosition("7", 1, new Lsn(second)), Instant.ofEpochSecond(second), ends);
    }

    private static Optional<Watermark> second(int second) {
        return Optional.of(new Watermark(new LogPosition("7", 1, new Lsn(second)), Instant.ofEpochSecond(second)));
    }

    private void applied(String field, long offset) {
        redis.fields.put(field, "id:" + offset);
    }

    @Test
    void itIsTheNewestHeartbeatBeforeWhichAllPartitionsAreApplied() {
        watermarks.heard(0, beat(1, Map.of("books", List.of(3L, 0L), "authors", List.of(2L))));
        watermarks.heard(1, beat(2, Map.of("books", List.of(5L, 0L), "authors", List.of(2L))));
        watermarks.heard(2, beat(3, Map.of("books", List.of(5L, 1L), "authors", List.of(2L))));
        applied("shop.control/0", 3);
        applied("books/0", 5);
        watermarks.move();
        assertThat(redis.watermark).describedAs("nothing is known of authors").isEmpty();

        applied("authors/0", 2);
        watermarks.move();
        assertThat(redis.watermark).isEqualTo(second(2));
        assertThat(watermarks.waiting()).isTrue();

        applied("books/1", 1);
        watermarks.move();
        assertThat(redis.watermark).isEqualTo(second(3));
        assertThat(watermarks.waiting()).isFalse();
    }

    @Test
    void aGapBeforeTheHeartbeatIsFlushedFirst() {
        watermarks.heard(7, beat(1, Map.of()));
        applied("shop.control/0", 7);
        watermarks.move();
        assertThat(redis.watermark).isEmpty();

        applied("shop.control/0", 8);
        watermarks.move();
        assertThat(redis.watermark).isEqualTo(second(1));
    }

    @Test
    void topicsThatNoWriterReadsDoNotCount() {
        watermarks.heard(0, beat(1, Map.of("archive", List.of(9L))));
        applied("shop.control/0", 1);
        watermarks.move();
        assertThat(redis.watermark).isEqualTo(second(1));
    }

    @Test
    void withTheControlTopicGoesWhatWasReadOfIt() {
        watermarks.heard(0, beat(1, Map.of()));
        applied("shop.control/0", 1);
        watermarks.revoked(List.of(new TopicPartition("books", 0)));
        assertThat(watermarks.waiting()).isTrue();
        watermarks.revoked(List.of(CONTROL));
        watermarks.move();
        assertThat(redis.watermark).isEmpty();
    }

    @Test
    void aWriterFarBehindKeepsTheOldestAndTheNewest() {
        for (int second = 0; second < 6_000; second++) {
            watermarks.heard(second, beat(second, Map.of()));
        }
        applied("shop.control/0", 3);
        watermarks.move();
        assertThat(redis.watermark).isEqualTo(second(2));
        applied("shop.control/0", 6_000);
        watermarks.move();
        assertThat(redis.watermark).isEqualTo(second(5_999));
    }
}
