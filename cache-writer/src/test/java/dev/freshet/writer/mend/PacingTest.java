package dev.freshet.writer.mend;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/** What decides how fast, how much at once, how long, and from where on. */
final class PacingTest {

    private static final long SECOND = 1_000_000_000L;

    @Test
    void aRateIsKeptWhateverThePiecesTake() {
        Pace pace = new Pace(OptionalInt.of(100));

        assertThat(pace.piece(256)).isEqualTo(25);
        assertThat(pace.after(25, 7 * SECOND)).isEqualTo(Duration.ofMillis(250));
        assertThat(pace.after(25, 7 * SECOND + SECOND / 10))
                .describedAs("what the first piece left over")
                .isEqualTo(Duration.ofMillis(400));
        assertThat(pace.after(25, 60 * SECOND))
                .describedAs("time that was not used is lost")
                .isEqualTo(Duration.ofMillis(250));
    }

    @Test
    void withoutARateNothingWaits() {
        Pace pace = new Pace(OptionalInt.empty());

        assertThat(pace.piece(256)).isEqualTo(256);
        assertThat(pace.after(256, 1)).isZero();
        assertThat(new Pace(OptionalInt.of(1)).piece(256)).isEqualTo(1);
    }

    @Test
    void pagesGrowWhileTheirRowsAreSmall() {
        PageSize size = new PageSize();
        assertThat(size.rows()).isEqualTo(16);
        for (int i = 0; i < 10; i++) {
            size.read(size.rows(), 1000);
        }
        assertThat(size.rows()).isEqualTo(256);

        size.read(256, 256 << 20);
        assertThat(size.rows()).describedAs("rows of a megabyte").isEqualTo(1);
        size.read(1, 100 << 20);
        assertThat(size.rows()).isEqualTo(1);
        size.read(1, 0);
        assertThat(size.rows()).isEqualTo(2);
        size.read(1, 0);
        assertThat(size.rows())
                .describedAs("a page that was not full tells nothing")
                .isEqualTo(2);
    }

    @Test
    void patienceEnds() {
        Patience patience = new Patience(Duration.ofSeconds(3));
        Duration sum = Duration.ZERO;
        while (!patience.isOver()) {
            sum = sum.plus(patience.next());
        }
        assertThat(sum).isBetween(Duration.ofSeconds(3), Duration.ofSeconds(4));
    }

    @Test
    void aBookmarkIsReadAsItWasWritten() {
        Bookmark place = new Bookmark("d", Optional.of(List.of("1", "\"ü\"")));
        Bookmark end = new Bookmark("d", Optional.empty());

        assertThat(Bookmark.parse(place.toJson())).contains(place);
        assertThat(Bookmark.parse(end.toJson())).contains(end);
        assertThat(Bookmark.parse("{")).isEmpty();
        assertThat(Bookmark.parse("7")).isEmpty();
        assertThat(place.toString()).doesNotContain("ü");
    }

    private static Config topic(String millis, String bytes, String policy) {
        return new Config(List.of(
                new ConfigEntry("retention.ms", millis),
                new ConfigEntry("retention.bytes", bytes),
                new ConfigEntry("cleanup.policy", policy)));
    }

    private static boolean falls(Retention retention, long begin, long from, long minutes) {
        return retention
                .shortfall(new TopicPartition("t", 0), begin, from, Duration.ofMinutes(minutes))
                .isPresent();
    }

    @Test
    void onlyWhatRetentionMayHaveTakenIsAShortfall() {
        Retention hour = Retention.of(topic("3600000", "-1", "delete"));

        assertThat(falls(hour, 5, 5, 61)).isTrue();
        assertThat(falls(hour, 5, 5, 60)).describedAs("so long it is kept").isFalse();
        assertThat(falls(hour, 5, 6, 61))
                .describedAs("an older record is there")
                .isFalse();
        assertThat(falls(hour, 0, 0, 61)).describedAs("none ever went").isFalse();
        assertThat(falls(Retention.of(topic("-1", "-1", "delete")), 5, 5, 61)).isFalse();
        assertThat(falls(Retention.of(topic("-1", "1000", "delete")), 5, 5, 1)).isTrue();
        assertThat(falls(Retention.of(topic("-1", "-1", "compact,delete")), 0, 7, 1))
                .isTrue();
        assertThat(falls(Retention.UNKNOWN, 5, 5, 1)).isTrue();
    }
}
