package dev.freshet.demo;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.freshet.cli.Pipeline;
import dev.freshet.demo.api.BookApi;
import dev.freshet.demo.api.CachedReads;
import dev.freshet.demo.api.PortTakenException;
import dev.freshet.demo.arena.Arena;
import dev.freshet.demo.arena.RedisSwitch;
import dev.freshet.demo.page.ArenaPage;
import dev.freshet.demo.shop.Book;
import dev.freshet.demo.shop.Catalogue;
import dev.freshet.demo.shop.CatalogueData;
import dev.freshet.demo.shop.DatabaseException;
import dev.freshet.demo.shop.Resources;
import dev.freshet.demo.strategy.Database;
import dev.freshet.model.config.ConfigFile;
import dev.freshet.model.config.FreshetConfig;
import dev.freshet.redis.PlainCache;
import dev.freshet.stack.EmbeddedStack;
import dev.freshet.stack.PostgresServer;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The whole of it, running: servers, catalogue, pipeline and API. Thread-safe; closing stops all, last started first. */
final class Demo implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Demo.class);

    private static final long SEED = 20_260_101;
    private static final int AUTHORS = 600;
    private static final int BOOKS = 3_000;
    private static final String DATABASE = "catalogue";

    private final Deque<AutoCloseable> running = new ArrayDeque<>();
    private final EmbeddedStack stack;
    private final HikariDataSource database;
    private final Catalogue catalogue;
    private final CatalogueData data;
    private final FreshetConfig config;
    private final Pipeline pipeline;
    private final ListenerPart listener;
    private final CachedReads reads;
    private final Arena arena;
    private final BookApi api;

    private Demo(int port, PrintStream out) {
        try {
            stack = started(EmbeddedStack.builder().postgres().redis().kafka().start());
            createDatabase(stack.postgres());
            database = started(pool(stack.postgres()));
            data = CatalogueData.generate(SEED, AUTHORS, BOOKS);
            data.store(database);
            catalogue = new Catalogue(database);
            config = config();
            // Two parts, as with freshet listener and freshet writer: the page can stop the listener alone.
            pipeline = started(Pipeline.start(config, Pipeline.Stages.WRITER, out));
            listener = started(ListenerPart.start(config, out));
            reads = started(CachedReads.open(database, stack.redis().url(), config.pipeline()));
            arena = started(arena());
            ArenaPage page = started(new ArenaPage(arena));
            api = started(BookApi.start(database, reads, port, List.of(page)));
            out.println("api\t" + api.address());
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    /**
     * Starts it, and prints each address that it serves or uses to {@code out}.
     *
     * @param port the API's; 0 takes a free one
     * @throws PortTakenException where the port cannot be listened on
     */
    static Demo start(int port, PrintStream out) {
        requireFree(port);
        return new Demo(port, out);
    }

    /** Known before ten seconds of starting servers rather than after. */
    private static void requireFree(int port) {
        try (ServerSocket probe = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            log.debug("port {} is free", probe.getLocalPort());
        } catch (IOException e) {
            throw new PortTakenException(port, e);
        }
    }

    /**
     * Returns when changes committed from then on reach the cache.
     *
     * @throws PipelineException where that does not come about
     */
    void awaitReady(Duration limit) throws InterruptedException {
        long end = System.nanoTime() + limit.toNanos();
        if (!listener.awaitReady(limit) || !pipeline.awaitReady(Duration.ofNanos(end - System.nanoTime()))) {
            throw new PipelineException(pipeline.failure()
                    .map(failure -> "the pipeline stopped: " + failure.getMessage())
                    .orElse("the pipeline was not ready after " + limit.toSeconds() + " s"));
        }
    }

    /**
     * Fills the cache, and prints how far it has come.
     *
     * @throws PipelineException where an entry that should be there could not be made
     */
    void warm(PrintStream out) throws InterruptedException {
        try (WarmStart warm = WarmStart.of(config, catalogue, reads, out)) {
            warm.run();
        }
    }

    /** The book with the highest id; nothing that is shown or played needs it. */
    Book lastBook() {
        return catalogue.book(BOOKS).orElseThrow();
    }

    /** Completes when the pipeline ended, in whatever way. */
    CompletableFuture<Void> ended() {
        return pipeline.ended();
    }

    /** Why the pipeline had to stop; empty while it works. */
    Optional<Throwable> failure() {
        return pipeline.failure();
    }

    Catalogue catalogue() {
        return catalogue;
    }

    DataSource database() {
        return database;
    }

    /** Of the API. */
    URI address() {
        return api.address();
    }

    /** What lets the owner of an account in, from 1. */
    String token(int account) {
        return data.token(data.accounts().get(account - 1));
    }

    /** The strategies beside each other. */
    Arena comparison() {
        return arena;
    }

    private Arena arena() {
        Database shop = new Database(
                stack.postgres().jdbcUrl(DATABASE),
                stack.postgres().user(),
                stack.postgres().password());
        RedisSwitch redis = new RedisSwitch() {
            @Override
            public void kill() {
                stack.redis().kill();
            }

            @Override
            public void start() {
                stack.redis().start();
            }
        };
        try {
            return Arena.open(shop, stack.redis().url(), config.pipeline(), listener, redis);
        } catch (SQLException e) {
            throw new DatabaseException(e);
        }
    }

    /** A scene on this demo. It looks at the cache over a connection of its own. */
    Scene scene(Duration patience, Duration quiet) {
        PlainCache observed = started(PlainCache.open(stack.redis().url(), Duration.ofSeconds(10)));
        return new Scene(database, new Reader(api.address()), observed, patience, quiet);
    }

    /** Lines for a shell. */
    List<String> whatToTry() {
        String psql = "psql '" + postgresAddress(stack.postgres()) + "' -c ";
        return List.of(
                "",
                "# See it: five ways to cache the same reads, side by side.",
                "open " + api.address() + "/",
                "# Read a book: X-Cache says hit, since the cache was warmed, and X-Staleness how old it may be, in seconds.",
                "curl -i " + api.address() + "/books/17",
                "# Change it behind the API's back. The next read is a miss, and new; the one after that a hit.",
                psql + "\"update books set price = price + 1 where id = 17\"",
                "# Or through the API, which writes to PostgreSQL only.",
                "curl -X PATCH -H 'Content-Type: application/json' -d '{\"title\": \"Seventeen\"}' " + api.address()
                        + "/books/17",
                "# Everything else that is served is described there.",
                "curl " + api.address() + "/openapi.json",
                "# What is one's own, behind a token.",
                "curl -H 'Authorization: Bearer " + token(1) + "' " + api.address() + "/account",
                "# Ctrl-C ends the demo and removes its data.");
    }

    private FreshetConfig config() {
        Map<String, String> variables = Map.of(
                "DEMO_POSTGRES_URL", stack.postgres().jdbcUrl(DATABASE),
                "DEMO_POSTGRES_USER", stack.postgres().user(),
                "DEMO_POSTGRES_PASSWORD", stack.postgres().password(),
                "DEMO_KAFKA", stack.kafka().bootstrapServers(),
                "DEMO_REDIS_URL", stack.redis().url());
        return ConfigFile.parse(Resources.text("freshet.yml"), variables).config();
    }

    private <T extends AutoCloseable> T started(T part) {
        synchronized (running) {
            running.push(part);
        }
        return part;
    }

    private static HikariDataSource pool(PostgresServer server) {
        HikariConfig config = new HikariConfig();
        config.setPoolName("catalogue");
        config.setJdbcUrl(server.jdbcUrl(DATABASE));
        config.setUsername(server.user());
        config.setPassword(server.password());
        config.setMaximumPoolSize(8);
        config.setMinimumIdle(1);
        config.setConnectionTimeout(2_000);
        return new HikariDataSource(config);
    }

    private static void createDatabase(PostgresServer server) {
        try (Connection connection =
                        DriverManager.getConnection(server.jdbcUrl("postgres"), server.user(), server.password());
                Statement statement = connection.createStatement()) {
            statement.execute("create database " + DATABASE);
        } catch (SQLException e) {
            throw new DatabaseException(e);
        }
    }

    private static String postgresAddress(PostgresServer server) {
        return "postgresql://" + server.user() + ":" + server.password() + "@" + server.host() + ":" + server.port()
                + "/" + DATABASE;
    }

    /** Stops everything; what does not stop is logged, and the rest is stopped all the same. Idempotent. */
    @Override
    public void close() {
        while (true) {
            AutoCloseable part;
            synchronized (running) {
                part = running.poll();
            }
            if (part == null) {
                return;
            }
            try {
                part.close();
            } catch (Exception e) {
                log.warn("{} did not stop in good order", part.getClass().getSimpleName(), e);
            }
        }
    }
}
