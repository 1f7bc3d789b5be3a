package dev.freshet.writer.place;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What follows from what Kafka and Redis remember, case by case. */
class ResumptionTest {

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            nullValues = "-",
            value = {
                // what is so;                      Kafka, Redis,    log start | from,      applied before, gap
                "as it should be,                    10,   now:10,   0,          10,        -,              false",
                "killed between Redis and Kafka,     10,   now:14,   0,          10,        -,              false",
                "Redis lost its last writes,         10,   now:7,    0,          7,         10,             false",
                "Redis lost all,                     10,   -,        0,          replay 10, 10,             false",
                "the first start,                    -,    -,        0,          log start, -,              false",
                "the first commit did not come,      -,    now:4,    0,          4,         -,              false",
                "Kafka forgot the group,             -,    now:4,    9,          log start, -,              true",
                "never read and the first are gone,  -,    -,        3,          log start, -,              true",
                "retention has passed,               10,   now:10,   11,         log start, -,              true",
                "retention up to the place,          10,   now:10,   10,         10,        -,              false",
                "lost writes are past retention,     10,   now:7,    8,          log start, -,              true",
                "made anew and the group forgotten,  -,    old:7,    0,          log start, -,              true",
                "made anew and as long as before,    10,   old:10,   0,          log start, -,              true",
            })
    void judges(
            String what,
            Long committed,
            String remembered,
            long logStart,
            String from,
            Long appliedBefore,
            boolean gap) {
        Resumption resumption = Resumption.judge(
                committed == null ? OptionalLong.empty() : OptionalLong.of(committed),
                Optional.ofNullable(remembered).flatMap(Place::parse),
                "now",
                logStart);

        assertThat(said(resumption.from())).isEqualTo(from);
        assertThat(resumption.appliedBefore())
                .isEqualTo(appliedBefore == null ? OptionalLong.empty() : OptionalLong.of(appliedBefore));
        assertThat(resumption.gap().isPresent()).isEqualTo(gap);
    }

    private static String said(Resumption.From from) {
        if (from instanceof Resumption.From.Offset offset) {
            return Long.toString(offset.offset());
        }
        return from instanceof Resumption.From.Replay replay ? "replay " + replay.applied() : "log start";
    }

    @ParameterizedTest
    @CsvSource({"'',false", "x,false", "x:,false", "x:y,false", "x:7,true", "a:b:7,true"})
    void aTextThatIsNoPlaceIsNone(String text, boolean place) {
        assertThat(Place.parse(text).isPresent()).isEqualTo(place);
        Place.parse(text).ifPresent(parsed -> assertThat(parsed).hasToString(text));
    }
}
