package dev.freshet.demo.api;

import dev.freshet.client.WriteToken;
import io.javalin.http.Context;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How answers are written. */
final class Replies {

    private static final Logger log = LoggerFactory.getLogger(Replies.class);

    private Replies() {}

    /** {@code X-Cache} says where it came from, {@code X-Staleness} how many seconds old it may be. */
    static void found(Context context, Optional<Served> found, String what) {
        Served answer = found.orElseThrow(() -> unknown(what));
        context.header("X-Cache", answer.source().header())
                .header("X-Staleness", answer.staleness().map(Replies::seconds).orElse("unknown"))
                .contentType("application/json")
                .result(answer.json());
    }

    private static String seconds(Duration time) {
        return String.format(Locale.ROOT, "%.3f", time.toNanos() / 1e9);
    }

    /**
     * What was written, and in {@code X-Write-Token} what a reader shows who wants to read nothing older. It is written by
     * now: that there is no token is no failure.
     */
    static void written(Context context, int status, String json, DataSource database) {
        try (Connection connection = database.getConnection()) {
            context.header("X-Write-Token", WriteToken.take(connection).toString());
        } catch (SQLException e) {
            log.debug("answered a write without a token", e);
        }
        context.status(status).contentType("application/json").result(json);
    }

    static RuntimeException unknown(String what) {
        return Problem.notFound("There is no such " + what + ".").refused();
    }
}
