package dev.freshet.demo.api;

import dev.freshet.client.WriteToken;
import io.javalin.http.Context;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** What a request says besides its body's members and its query. */
final class Requests {

    private static final Pattern ID = Pattern.compile("[1-9][0-9]{0,17}");
    private static final Pattern SECONDS = Pattern.compile("[0-9]{1,6}(\\.[0-9]{1,3})?");
    private static final List<String> MEDIA = List.of("application/json", "application/merge-patch+json");

    private Requests() {}

    static long id(Context context) {
        String text = context.pathParam("id");
        if (!ID.matcher(text).matches()) {
            throw Problem.badRequest("id must be a positive integer of at most 18 digits.")
                    .refused();
        }
        return Long.parseLong(text);
    }

    static Parameters parameters(Context context) {
        return new Parameters(context.queryParamMap());
    }

    /** @param wanted what the body should be, for people */
    static Members members(Context context, String wanted) {
        return Members.of(body(context), wanted);
    }

    static byte[] body(Context context) {
        String type = Optional.ofNullable(context.contentType()).orElse("").toLowerCase(Locale.ROOT);
        if (!MEDIA.contains(type.split(";", 2)[0].trim())) {
            throw Problem.of(415, "Unsupported media type", "Send application/json.")
                    .refused();
        }
        return context.bodyAsBytes();
    }

    /** How fresh the answer must be: the headers {@code X-Max-Staleness}, in seconds, and {@code X-Write-Token}. */
    static Demand demand(Context context) {
        Optional<Duration> limit = Optional.ofNullable(context.header("X-Max-Staleness"))
                .map(text -> {
                    if (!SECONDS.matcher(text).matches()) {
                        throw Problem.badRequest("X-Max-Staleness must be seconds, such as 2 or 2.5.")
                                .refused();
                    }
                    long millis = new BigDecimal(text).movePointRight(3).longValueExact();
                    // No cached value is fresher than now; that much is asked for all the same.
                    return Duration.ofMillis(Math.max(1, millis));
                });
        Optional<WriteToken> token = Optional.ofNullable(context.header("X-Write-Token"))
                .map(text -> {
                    try {
                        return WriteToken.parse(text);
                    } catch (IllegalArgumentException e) {
                        throw Problem.badRequest("X-Write-Token must be what the answer to a write had in that header.")
                                .refused();
                    }
                });
        return new Demand(limit, token);
    }
}
