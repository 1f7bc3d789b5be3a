package dev.freshet.cli.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.cli.status.Facts.Answer;
import dev.freshet.cli.status.Facts.Answer.Silent;
import dev.freshet.cli.status.Facts.Answer.Told;
import dev.freshet.model.LogPosition;
import dev.freshet.model.Watermark;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

final class JudgeTest {

    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
    private static final long GB = 1L << 30;

    private final Judge judge = new Judge("shop", new Thresholds(Duration.ofSeconds(10), 10 * GB, 0));
    private Answer<Facts.Source> source = slot(true, 0, 16 << 20, "reserved", Optional.empty());
    private Answer<Facts.Log> log = log(true, 1, 2, 0, Duration.ZERO, 0);
    private Answer<Facts.Cache> cache = cache(Optional.of(NOW.minusSeconds(1)));

    private static Answer<Facts.Source> slot(
            boolean active, long lag, long retained, String status, Optional<String> invalidated) {
        return new Told<>(
                new Facts.Source(NOW, Optional.of(new Facts.Slot(active, lag, retained, status, invalidated))));
    }

    private static Answer<Facts.Log> log(
            boolean control, int heartbeatAge, int writers, long behind, Duration waiting, int deadLetters) {
        return new Told<>(new Facts.Log(
                control,
                control ? Optional.of(NOW.minusSeconds(heartbeatAge)) : Optional.empty(),
                List.of(),
                writers,
                List.of(
                        new Facts.Partition("shop.public.books", 0, OptionalLong.of(10), 10, Optional.empty()),
                        new Facts.Partition(
                                "shop.public.books",
                                1,
                                OptionalLong.of(5),
                                5 + behind,
                                behind > 0 ? Optional.of(waiting) : Optional.empty())),
                deadLetters));
    }

    private static Answer<Facts.Cache> cache(Optional<Instant> fresh) {
        return new Told<>(new Facts.Cache(fresh.map(time -> new Watermark(LogPosition.parse("7:1:0/10"), time))));
    }

    private Status judged() {
        // This machine's clock is an hour ahead; ages are by the source's.
        return judge.judge(new Facts(source, log, cache), NOW.plusSeconds(3600));
    }

    private Map<String, Stage.State> states() {
        return judged().stages().stream().collect(Collectors.toMap(Stage::name, Stage::state));
    }

    private Stage stage(String name) {
        Map<String, Stage> stages =
                judged().stages().stream().collect(Collectors.toMap(Stage::name, Function.identity()));
        return Optional.ofNullable(stages.get(name)).orElseThrow();
    }

    @Test
    void allIsWell() {
        assertThat(states().values()).containsOnly(Stage.State.OK);
        assertThat(judged().staleness()).contains(Duration.ofSeconds(1));
        assertThat(judged().broken()).isFalse();
        assertThat(judged().away()).isFalse();
        assertThat(Text.table(judged()))
                .contains("pipeline shop: fresh up to 1.0 s ago")
                .contains("slot shop, 0 B not confirmed, holds back 16 MB")
                .contains("2 writers, 0 records to apply")
                .doesNotContain("->");
    }

    @Test
    void withoutAWriterTheWriterIsBehind() {
        log = log(true, 1, 0, 7, Duration.ofSeconds(3), 0);
        assertThat(stage("writer").state()).isEqualTo(Stage.State.BROKEN);
        assertThat(stage("writer").summary()).isEqualTo("no writer runs, 7 records wait");
        assertThat(states()).containsEntry("listener", Stage.State.OK).containsEntry("source", Stage.State.OK);
        assertThat(judged().broken()).isTrue();
    }

    @Test
    void whatWaitsTooLongIsBroken() {
        log = log(true, 1, 1, 7, Duration.ofSeconds(10), 0);
        assertThat(stage("writer").state()).isEqualTo(Stage.State.OK);
        log = log(true, 1, 1, 7, Duration.ofMillis(10_001), 0);
        assertThat(stage("writer").state()).isEqualTo(Stage.State.BROKEN);
    }

    @Test
    void withoutAListenerTheListenerIsBehindAndSoIsTheWatermark() {
        source = slot(false, 5_000, 16 << 20, "reserved", Optional.empty());
        log = log(true, 11, 1, 0, Duration.ZERO, 0);
        cache = cache(Optional.of(NOW.minusSeconds(11)));
        assertThat(stage("listener").state()).isEqualTo(Stage.State.BROKEN);
        assertThat(stage("listener").summary()).contains("nobody holds the slot");
        assertThat(stage("redis").state()).isEqualTo(Stage.State.BROKEN);
        assertThat(states()).containsEntry("writer", Stage.State.OK);
    }

    @Test
    void aSlotThatHoldsBackTooMuchOrIsLostIsBroken() {
        source = slot(true, 0, 10 * GB + 1, "extended", Optional.empty());
        assertThat(stage("source").summary()).contains("more than 10 GB");
        assertThat(stage("source").state()).isEqualTo(Stage.State.BROKEN);
        source = slot(false, 0, 0, "lost", Optional.of("wal_removed"));
        assertThat(stage("source").state()).isEqualTo(Stage.State.BROKEN);
        assertThat(stage("source").summary()).contains("wal_removed");
        source = new Told<>(new Facts.Source(NOW, Optional.empty()));
        assertThat(stage("source").state()).isEqualTo(Stage.State.BROKEN);
    }

    @Test
    void topicsThatConnectWroteHaveNoWatermarkAndThatIsNoFault() {
        source = new Told<>(new Facts.Source(NOW, Optional.empty()));
        log = log(false, 0, 1, 0, Duration.ZERO, 0);
        cache = cache(Optional.empty());
        assertThat(stage("listener").summary()).contains("Kafka Connect").contains("no watermark");
        assertThat(states())
                .containsEntry("source", Stage.State.UNKNOWN)
                .containsEntry("listener", Stage.State.UNKNOWN)
                .containsEntry("redis", Stage.State.UNKNOWN)
                .containsEntry("writer", Stage.State.OK);
        assertThat(judged().broken()).isFalse();
        assertThat(Text.table(judged())).contains("how fresh is not known");
    }

    @Test
    void noWatermarkBesideHeartbeatsIsBroken() {
        cache = cache(Optional.empty());
        assertThat(stage("redis").state()).isEqualTo(Stage.State.BROKEN);
    }

    @Test
    void deadLettersAreBroken() {
        log = log(true, 1, 1, 0, Duration.ZERO, 1);
        assertThat(stage("dead letters").mend()).contains("look at them: freshet dead-letters list");
        assertThat(judged().broken()).isTrue();
    }

    @Test
    void aServerThatIsAwayIsNamedAndTheOthersAreTold() {
        log = new Silent<>("Kafka does not answer");
        assertThat(judged().away()).isTrue();
        assertThat(states())
                .containsEntry("listener", Stage.State.AWAY)
                .containsEntry("writer", Stage.State.AWAY)
                .containsEntry("source", Stage.State.OK)
                .containsEntry("redis", Stage.State.OK);
    }

    @Test
    void asJsonItCarriesTheFigures() {
        log = log(true, 1, 2, 7, Duration.ofSeconds(3), 0);
        assertThat(Json.line(judged()))
                .startsWith("{\"pipeline\":\"shop\",\"at\":\"2026-01-02T04:04:05Z\",\"state\":\"ok\","
                        + "\"staleness_seconds\":1.0,\"watermark\":{\"source_time\":\"2026-01-02T03:04:04Z\","
                        + "\"position\":\"7:1:0/10\"},\"stages\":[{\"name\":\"source\",\"state\":\"ok\"")
                .contains("\"slot_lag_bytes\":0,\"wal_retained_bytes\":16777216")
                .contains("{\"topic\":\"shop.public.books\",\"partition\":1,\"lag_records\":7,\"lag_seconds\":3.0}");
    }
}
