package dev.freshet.cli.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.slf4j.LoggerFactory;

/**
 * Counts what is logged, by level, under the name that Micrometer's own binder gives it. That one is a turbo filter, which is
 * asked at each statement that is not logged, too, and Debezium has dozens of them for one change. Thread-safe.
 */
public final class LogEvents extends AppenderBase<ILoggingEvent> implements AutoCloseable {

    private final Map<Level, Counter> counters = new HashMap<>();
    private final List<Logger> roots;

    private LogEvents(MeterRegistry meters, List<Logger> roots) {
        this.roots = roots;
        Stream.of(Level.ERROR, Level.WARN, Level.INFO, Level.DEBUG, Level.TRACE)
                .forEach(level -> counters.put(
                        level,
                        Counter.builder("logback.events")
                                .description("What was logged")
                                .tag("level", level.levelStr.toLowerCase(Locale.ROOT))
                                .register(meters)));
    }

    /** Counts until it is closed; nothing where somebody else's logging is in place of ours. */
    public static LogEvents countedBy(MeterRegistry meters) {
        List<Logger> roots = LoggerFactory.getILoggerFactory() instanceof LoggerContext context
                ? List.of(context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME))
                : List.of();
        LogEvents events = new LogEvents(meters, roots);
        roots.forEach(root -> {
            events.setContext(root.getLoggerContext());
            events.start();
            root.addAppender(events);
        });
        return events;
    }

    @Override
    protected void append(ILoggingEvent event) {
        Counter counter = counters.get(event.getLevel());
        if (counter != null) {
            counter.increment();
        }
    }

    @Override
    public void close() {
        roots.forEach(root -> root.detachAppender(this));
        stop();
    }
}
