package dev.freshet.demo.api;

import dev.freshet.demo.shop.DatabaseException;
import dev.freshet.demo.shop.UnknownRowException;
import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.javalin.http.HttpResponseException;
import io.javalin.util.JavalinBindException;
import java.net.URI;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The book shop over HTTP, on loopback, as {@code openapi.json} describes it. Reads go through the cache and say where the
 * answer came from and how stale it may be; writes go to PostgreSQL only, and the pipeline does the rest. Whatever is wrong
 * is said as problem+json.
 */
public final class BookApi implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(BookApi.class);

    private static final long LARGEST_BODY = 16 * 1024;

    private final Javalin server;

    private BookApi(List<Route> routes, List<Consumer<JavalinConfig>> extra) {
        this.server = Javalin.create(config -> {
            configure(config);
            routes.forEach(route -> config.routes.addHttpHandler(route.method(), route.path(), route.handler()));
            extra.forEach(some -> some.accept(config));
        });
    }

    /**
     * Serves. Port 0 takes a free one.
     *
     * @param database where writes go, and reads that the cache has not
     * @param extra what else is served here: each adds its routes; what they throw is answered as the API's own
     * @throws PortTakenException where the port cannot be listened on
     */
    public static BookApi start(DataSource database, CachedReads reads, int port, List<Consumer<JavalinConfig>> extra) {
        BookApi api = new BookApi(routes(database, reads), extra);
        try {
            api.server.start("127.0.0.1", port);
        } catch (JavalinBindException e) {
            api.close();
            throw new PortTakenException(port, e);
        }
        return api;
    }

    /** Everything that the API answers. */
    static List<Route> routes(DataSource database, CachedReads reads) {
        return Stream.of(
                        new BookRoutes(database, reads).routes(),
                        new ShopRoutes(database, reads).routes(),
                        new AccountRoutes(database, reads).routes())
                .flatMap(List::stream)
                .toList();
    }

    public URI address() {
        return URI.create("http://127.0.0.1:" + server.port());
    }

    @Override
    public void close() {
        server.stop();
    }

    private static void configure(JavalinConfig config) {
        config.startup.showJavalinBanner = false;
        config.startup.showOldJavalinVersionWarning = false;
        config.startup.startupWatcherEnabled = false;
        config.http.maxRequestSize = LARGEST_BODY;
        config.http.prefer405over404 = true;
        config.jetty.threadPool = new QueuedThreadPool(64, 4);
        config.jetty.modifyServer(jetty -> jetty.setErrorHandler(new ProblemErrors()));
        config.jetty.modifyHttpConfiguration(http -> http.setSendServerVersion(false));
        // What is fresh here would grow stale in a cache that nobody tells of changes.
        config.routes.before(context -> context.header("Cache-Control", "no-store"));
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
        if (problem.status() == 401) {
            context.header("WWW-Authenticate", "Bearer realm=\"account\"");
        }
        context.status(problem.status()).contentType("application/problem+json").result(Json.problem(problem));
    }
}
