package dev.freshet.cli.http;

import dev.freshet.model.config.HostPort;
import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import io.javalin.http.HttpResponseException;
import io.javalin.util.JavalinException;
import java.net.URI;
import java.util.List;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A small web server at one address. Thread-safe. */
public final class HttpServer implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(HttpServer.class);

    private static final long LARGEST_BODY = 64 * 1024;

    private final HostPort address;
    private final Javalin server;

    private HttpServer(HostPort address, List<Routes> routes) {
        this.address = address;
        this.server = Javalin.create(config -> {
            configure(config);
            routes.forEach(some -> some.configure(config));
        });
    }

    /**
     * Serves, at this address only. Port 0 takes a free one.
     *
     * @throws AddressTakenException where the address cannot be listened at
     */
    public static HttpServer start(HostPort address, List<Routes> routes) {
        HttpServer http = new HttpServer(address, routes);
        try {
            http.server.start(address.host(), address.port());
            return http;
        } catch (JavalinException e) {
            http.close();
            throw new AddressTakenException(address, e);
        }
    }

    private static void configure(JavalinConfig config) {
        config.startup.showJavalinBanner = false;
        config.startup.showOldJavalinVersionWarning = false;
        config.startup.startupWatcherEnabled = false;
        config.http.maxRequestSize = LARGEST_BODY;
        config.http.prefer405over404 = true;
        QueuedThreadPool threads = new QueuedThreadPool(32, 4);
        threads.setName("freshet-http");
        threads.setDaemon(true);
        config.jetty.threadPool = threads;
        config.jetty.modifyHttpConfiguration(http -> http.setSendServerVersion(false));
        // Never what a library's message says: it may repeat the request.
        config.routes.exception(
                HttpResponseException.class,
                (e, context) -> context.status(e.getStatus()).result("refused\n"));
        config.routes.exception(Exception.class, (e, context) -> {
            LOG.error("A request could not be answered", e);
            context.status(500).result("failed\n");
        });
    }

    public URI address() {
        return URI.create("http://" + new HostPort(address.host(), server.port()));
    }

    /** Ends what is being answered. Idempotent. */
    @Override
    public void close() {
        server.stop();
    }
}
