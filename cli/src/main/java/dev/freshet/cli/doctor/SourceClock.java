package dev.freshet.cli.doctor;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;

/** Asks PostgreSQL for the time. */
final class SourceClock {

    private static final int TIMES = 3;

    private SourceClock() {}

    /** The shortest of a few ways there and back. */
    static Clock read(Connection connection) throws SQLException {
        Clock best = new Clock("PostgreSQL", "postgres.url", Duration.ZERO, Duration.ofDays(1));
        try (PreparedStatement statement =
                connection.prepareStatement("SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint")) {
            for (int i = 0; i < TIMES; i++) {
                long sent = System.nanoTime();
                long here = System.currentTimeMillis();
                try (ResultSet row = statement.executeQuery()) {
                    row.next();
                    Duration half = Duration.ofNanos((System.nanoTime() - sent) / 2);
                    if (half.compareTo(best.uncertain()) < 0) {
                        best = new Clock(
                                best.server(),
                                best.path(),
                                Duration.ofMillis(row.getLong(1) - here).minus(half),
                                half);
                    }
                }
            }
        }
        return best;
    }
}
