package dev.freshet.demo.api;

import dev.freshet.demo.api.CachedReads.Answer;
import dev.freshet.demo.shop.Book;
import dev.freshet.demo.shop.Catalogue;
import dev.freshet.demo.shop.DatabaseException;
import dev.freshet.demo.shop.UnknownRowException;
import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.javalin.http.HttpResponseException;
import io.javalin.util.JavalinBindException;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The catalogue over HTTP, on loopback. Reads go through the cache and say in {@code X-Cache} where the answer came from;
 * writes go to PostgreSQL only, and the pipeline does the rest. Whatever is wrong is said as problem+json.
 */
public final class BookApi implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(BookApi.class);

    private static final long LARGEST_BODY = 16 * 1024;
    private static final Pattern ID = Pattern.compile("[1-9][0-9]{0,17}");

    private final CachedReads reads;
    private final Catalogue catalogue;
    private final Javalin server;

    private BookApi(CachedReads reads, Catalogue catalogue, List<Consumer<JavalinConfig>> extra) {
        this.reads = reads;
        this.catalogue = catalogue;
        this.server = Javalin.create(config -> {
            configure(config);
            extra.forEach(some -> some.accept(config));
        });
    }

    /**
     * Serves. Port 0 takes a free one.
     *
     * @param extra what else is served here: each adds its routes; what they throw is answered as the API's own
     * @throws PortTakenException where the port cannot be listened on
     */
    public static BookApi start(CachedReads reads, Catalogue catalogue, int port, List<Consumer<JavalinConfig>> extra) {
        BookApi api = new BookApi(reads, catalogue, extra);
        try {
            api.server.start("127.0.0.1", port);
        } catch (JavalinBindException e) {
            api.close();
            throw new PortTakenException(port, e);
        }
        return api;
    }

    public URI address() {
        return URI.create("http://127.0.0.1:" + server.port());
    }

    @Override
    public void close() {
        server.stop();
    }

    private void configure(JavalinConfig config) {
        config.startup.showJavalinBanner = false;
        config.startup.showOldJavalinVersionWarning = false;
        config.startup.startupWatcherEnabled = false;
        config.http.maxRequestSize = LARGEST_BODY;
        config.http.prefer405over404 = true;
        config.jetty.threadPool = new QueuedThreadPool(64, 4);
        config.jetty.modifyServer(jetty -> jetty.setErrorHandler(new ProblemErrors()));
        config.jetty.modifyHttpConfiguration(http -> http.setSendServerVersion(false));
        config.routes.get("/books/{id}", context -> answer(context, reads.book(id(context)), "book"));
        config.routes.get("/books/{id}/price", context -> answer(context, reads.price(id(context)), "book"));
        config.routes.get("/books/{id}/card", context -> answer(context, reads.card(id(context)), "book"));
        config.routes.get("/books/{id}/blurb", context -> answer(context, reads.blurb(id(context)), "blurb"));
        config.routes.get("/books", context -> answer(context, reads.booksOf(parameter(context, "author")), "author"));
        config.routes.get("/authors", context -> answer(context, reads.authors(parameter(context, "page")), "page"));
        config.routes.patch("/books/{id}", this::change);
        config.routes.exception(Problem.RefusedException.class, (e, context) -> refuse(context, e.problem()));
        config.routes.exception(
                UnknownRowException.class, (e, context) -> refuse(context, Problem.unknownRow(e.column())));
        config.routes.exception(HttpResponseException.class, (e, context) -> refuse(context, standard(e.getStatus())));
        config.routes.exception(DatabaseException.class, (e, context) -> {
            log.warn("{} could not be answered: {}", context.method(), e.getMessage());
            context.header("Retry-After", "1");
            refuse(context, standard(503));
        });
        config.routes.exception(Exception.class, (e, context) -> {
            log.error("{} could not be answered", context.method(), e);
            refuse(context, standard(500));
        });
    }

    private void change(Context context) {
        long id = id(context);
        String type = Optional.ofNullable(context.contentType()).orElse("").toLowerCase(Locale.ROOT);
        String media = type.split(";", 2)[0].trim();
        if (!List.of("application/json", "application/merge-patch+json").contains(media)) {
            throw Problem.of(415, "Unsupported media type", "Send application/json.")
                    .refused();
        }
        Book changed =
                catalogue.change(id, PatchParser.parse(context.bodyAsBytes())).orElseThrow(() -> unknown("book"));
        context.contentType("application/json").result(Json.book(changed));
    }

    private static void answer(Context context, Optional<Answer> found, String what) {
        Answer answer = found.orElseThrow(() -> unknown(what));
        context.header("X-Cache", answer.source().header())
                .contentType("application/json")
                .result(answer.json());
    }

    private static RuntimeException unknown(String what) {
        return Problem.notFound("There is no such " + what + ".").refused();
    }

    private static long id(Context context) {
        return positive("id", context.pathParam("id"));
    }

    private static long parameter(Context context, String name) {
        List<String> values = context.queryParams(name);
        if (values.size() != 1) {
            throw Problem.badRequest("Give the parameter " + name + " exactly once.")
                    .refused();
        }
        return positive(name, values.get(0));
    }

    private static long positive(String name, String text) {
        if (!ID.matcher(text).matches()) {
            throw Problem.badRequest(name + " must be a positive integer of at most 18 digits.")
                    .refused();
        }
        return Long.parseLong(text);
    }

    /** Never what a library's message says: it may repeat the request. */
    static Problem standard(int status) {
        return switch (status) {
            case 400 -> Problem.badRequest("The request could not be read.");
            case 404 -> Problem.notFound("There is nothing at this address.");
            case 405 -> Problem.of(405, "Method not allowed", "This address does not answer this method.");
            case 413 -> Problem.of(413, "Content too large", "The body may have at most 16 KiB.");
            case 414 -> Problem.of(414, "URI too long", "The address is too long.");
            case 431 -> Problem.of(431, "Header fields too large", "The header fields are too large.");
            case 503 -> Problem.of(503, "Unavailable", "The database did not answer; try again.");
            default -> Problem.of(status, status < 500 ? "Refused" : "Failed", "The request could not be answered.");
        };
    }

    private static void refuse(Context context, Problem problem) {
        context.status(problem.status()).contentType("application/problem+json").result(Json.problem(problem));
    }
}
