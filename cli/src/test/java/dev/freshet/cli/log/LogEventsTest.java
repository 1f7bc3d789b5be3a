package dev.freshet.cli.log;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class LogEventsTest {

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final Logger logger = (Logger) LoggerFactory.getLogger("log-events-test");

    private double count(String level) {
        return meters.get("logback.events").tag("level", level).counter().count();
    }

    @Test
    void whatIsLoggedIsCountedByLevelUntilItIsClosed() {
        logger.setLevel(Level.WARN);
        double before;
        try (LogEvents events = LogEvents.countedBy(meters)) {
            assertThat(events.isStarted()).isTrue();
            before = count("warn");
            logger.warn("one");
            logger.info("not logged");
            assertThat(count("warn")).isEqualTo(before + 1);
            assertThat(count("info")).isZero();
        }
        logger.warn("two");
        assertThat(count("warn")).isEqualTo(before + 1);
    }

    @Test
    void nothingIsAskedAtStatementsThatAreNotLogged() {
        try (LogEvents events = LogEvents.countedBy(meters)) {
            assertThat(events.isStarted()).isTrue();
            assertThat(logger.getLoggerContext().getTurboFilterList()).isEmpty();
        }
    }
}
