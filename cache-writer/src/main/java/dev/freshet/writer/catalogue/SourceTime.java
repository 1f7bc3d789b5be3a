package dev.freshet.writer.catalogue;

import dev.freshet.model.SourceClock;
import java.sql.ResultSet;
import java.sql.Statement;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Compares the source's clock with this machine's. Thread-confined. */
public final class SourceTime {

    private static final Logger LOG = LoggerFactory.getLogger(SourceTime.class);

    private final SourceConnection source;
    private final SourceClock clock;

    /** @param clock is set by each look */
    public SourceTime(SourceConnection source, SourceClock clock) {
        this.source = source;
        this.clock = clock;
    }

    /** Looks once; where the source does not answer, the clock goes on as it was. */
    public void look() {
        try {
            source.call(connection -> {
                try (Statement statement = connection.createStatement()) {
                    long asked = System.nanoTime();
                    try (ResultSet row = statement.executeQuery(
                            "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint")) {
                        row.next();
                        clock.seen(row.getLong(1), asked);
                        return true;
                    }
                }
            });
        } catch (SourceUnavailableException e) {
            LOG.debug("The source's clock was not seen", e);
        }
    }
}
