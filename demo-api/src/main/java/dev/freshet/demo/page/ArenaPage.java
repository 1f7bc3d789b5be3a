package dev.freshet.demo.page;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.freshet.demo.api.Json;
import dev.freshet.demo.api.Problem;
import dev.freshet.demo.arena.Arena;
import dev.freshet.demo.arena.BusyException;
import dev.freshet.demo.arena.Edit;
import dev.freshet.demo.arena.Herd.Stampede;
import dev.freshet.demo.arena.LoadSettings;
import dev.freshet.demo.shop.DatabaseException;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The page at {@code /} and what it asks for. The load runs while a page is open. Changes are only made for requests that a
 * page of somebody else's cannot send. Thread-safe.
 */
public final class ArenaPage implements Consumer<JavalinConfig>, AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(ArenaPage.class);

    private static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self';"
            + " connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'";

    /** Another name that leads here belongs to somebody else's page (DNS rebinding). */
    private static final Pattern HOST = Pattern.compile("(localhost|127(\\.\\d{1,3}){3}|\\[::1])(:\\d{1,5})?");

    private static final int WARM_UP = 4;

    private static final Pattern ID = Pattern.compile("[1-9][0-9]{0,17}");
    private static final BigDecimal MOST = new BigDecimal("99999.99");

    private final Arena arena;
    private final Board board;
    private final Feed feed = new Feed();
    private final Viewers viewers;
    private final ScheduledExecutorService clock = Executors.newScheduledThreadPool(2, task -> {
        Thread thread = new Thread(task, "arena-page");
        thread.setDaemon(true);
        return thread;
    });
    private boolean watched;
    private int seconds;

    public ArenaPage(Arena arena) {
        this.arena = arena;
        this.board = new Board(arena);
        this.viewers = new Viewers(feed, board::hello);
        var unused = clock.scheduleAtFixedRate(() -> guarded(this::tick), 1, 1, TimeUnit.SECONDS);
        var unusedToo = clock.scheduleWithFixedDelay(() -> guarded(this::show), 100, 100, TimeUnit.MILLISECONDS);
    }

    @Override
    public void accept(JavalinConfig config) {
        StaticFiles.serve(config.routes, ArenaPage::ours);
        config.routes.get("/live", ours(viewers::serve));
        config.routes.put("/arena/load", ours(this::load));
        config.routes.post("/arena/faults/{name}", ours(this::fault));
        config.routes.post("/arena/books/{id}", ours(this::edit));
        config.routes.exception(BusyException.class, (e, context) -> {
            ObjectNode problem = Answers.MAPPER.createObjectNode();
            problem.put("title", "Busy").put("status", 409).put("detail", e.getMessage());
            context.status(409).contentType("application/problem+json").result(problem.toString());
        });
    }

    private static Handler ours(Handler handler) {
        return context -> {
            if (!HOST.matcher(Optional.ofNullable(context.header("Host"))
                            .orElse("")
                            .toLowerCase(Locale.ROOT))
                    .matches()) {
                throw Problem.of(421, "Misdirected", "Served on loopback only: ask for localhost.")
                        .refused();
            }
            context.header("Content-Security-Policy", POLICY)
                    .header("X-Content-Type-Options", "nosniff")
                    .header("Referrer-Policy", "no-referrer");
            handler.handle(context);
        };
    }

    private void tick() {
        if (viewers.any() != watched) {
            watched = !watched;
            arena.run(watched);
            seconds = 0;
        }
        if (watched && ++seconds == WARM_UP) {
            // What the first reads cost, while classes are loaded and caches are empty, says nothing.
            arena.reset();
        }
        feed.publish("tick", board.tick());
        if (watched) {
            feed.publish("shelf", board.shelf());
        }
    }

    private void show() {
        feed.publish("edits", board.edits());
    }

    /** A failure must not end the series. */
    private static void guarded(Runnable step) {
        try {
            step.run();
        } catch (RuntimeException e) {
            log.warn("the page misses a moment", e);
        }
    }

    private void load(Context context) {
        JsonNode body = body(context);
        try {
            arena.load(new LoadSettings(number(body, "reads"), number(body, "writes"), number(body, "foreign")));
        } catch (IllegalArgumentException e) {
            throw Problem.of(422, "Invalid values", e.getMessage() + ".").refused();
        }
        context.status(204);
    }

    private static int number(JsonNode body, String name) {
        JsonNode value = body.path(name);
        if (!value.isInt()) {
            throw Problem.invalid(List.of(new Problem.Member("/" + name, "must be an integer")))
                    .refused();
        }
        return value.intValue();
    }

    private void fault(Context context) {
        body(context);
        ObjectNode answer = Answers.MAPPER.createObjectNode();
        String name = context.pathParam("name");
        switch (name) {
            case "listener-stop" -> arena.listen(false);
            case "listener-start" -> arena.listen(true);
            case "redis-kill" -> arena.redis(false);
            case "redis-start" -> arena.redis(true);
            case "herd" -> herd(answer.putArray("herd"));
            default ->
                throw Problem.notFound("There is no such fault; there are listener-stop, listener-start, redis-kill,"
                                + " redis-start and herd.")
                        .refused();
        }
        answer.put("listener", arena.listenerRuns()).put("redis", arena.redisRuns());
        context.contentType("application/json").result(answer.toString());
    }

    private void herd(ArrayNode json) {
        if (!arena.redisRuns()) {
            throw Problem.of(409, "Busy", "Redis is killed; start it first.").refused();
        }
        for (Stampede stampede : arena.herd()) {
            json.addObject()
                    .put("strategy", stampede.kind().id())
                    .put("queries", stampede.queries())
                    .put("failed", stampede.failed())
                    .put("slowest_ms", stampede.slowestMillis());
        }
    }

    private void edit(Context context) {
        if (!ID.matcher(context.pathParam("id")).matches()) {
            throw Problem.badRequest("id must be a positive integer of at most 18 digits.")
                    .refused();
        }
        BigDecimal price = price(body(context).path("price"));
        try {
            Edit edit = arena.edit(Long.parseLong(context.pathParam("id")), price)
                    .orElseThrow(
                            () -> Problem.notFound("There is no such book.").refused());
            context.status(202)
                    .contentType("application/json")
                    .result(Answers.edit(Answers.MAPPER.createObjectNode(), edit)
                            .toString());
        } catch (SQLException e) {
            throw new DatabaseException(e);
        }
    }

    private static BigDecimal price(JsonNode value) {
        try {
            BigDecimal price = new BigDecimal(value.isTextual() ? value.textValue() : value.toString());
            if (price.signum() >= 0
                    && price.compareTo(MOST) <= 0
                    && price.stripTrailingZeros().scale() <= 2) {
                return price.setScale(2);
            }
        } catch (NumberFormatException e) {
            log.debug("no price", e);
        }
        throw Problem.invalid(List.of(new Problem.Member(
                        "/price", "must be an amount from 0 to " + MOST + " with at most two digits after the point")))
                .refused();
    }

    /** A page of somebody else's cannot send JSON here without being asked first whether it may. */
    private static JsonNode body(Context context) {
        String type = Optional.ofNullable(context.contentType()).orElse("");
        if (!type.toLowerCase(Locale.ROOT).split(";", 2)[0].trim().equals("application/json")) {
            throw Problem.of(415, "Unsupported media type", "Send application/json.")
                    .refused();
        }
        try {
            JsonNode body = Json.read(context.body());
            if (body.isObject()) {
                return body;
            }
        } catch (UncheckedIOException e) {
            log.debug("no JSON", e);
        }
        throw Problem.badRequest("The body must be a JSON object.").refused();
    }

    @Override
    public void close() {
        arena.run(false);
        clock.shutdownNow();
        viewers.close();
    }
}
