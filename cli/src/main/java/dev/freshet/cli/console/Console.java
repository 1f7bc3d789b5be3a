package dev.freshet.cli.console;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.freshet.cli.http.Health;
import dev.freshet.cli.http.Routes;
import dev.freshet.cli.status.StatusReader;
import dev.freshet.cli.status.Thresholds;
import dev.freshet.model.CacheMapping;
import dev.freshet.model.config.FreshetConfig;
import dev.freshet.writer.deadletter.DeadLetterBox;
import dev.freshet.writer.deadletter.DeadLetterTopic;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Handler;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The console: a page at {@code /} that shows the pipeline's stages, their lag and the last ten minutes, live; that lists
 * what was parked and explains changes. Changes something only for who has the token. Holds no row value. Thread-safe.
 */
public final class Console implements Routes, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Console.class);

    private static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self';"
            + " connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'";

    private final FreshetConfig config;
    private final MeterRegistry meters;
    private final Health health;
    private final String version;
    private final List<String> names;
    private final HostRule hosts;
    private final TokenRule tokens;
    private final StaticFiles files = new StaticFiles();
    private final History history = new History();
    private final Feed feed = new Feed();
    private final Listeners listeners = new Listeners(feed, this::hello);
    private final Letters letters;
    private final ExplainForm explain;
    private final ScheduledExecutorService sampler = daemon("freshet-console");
    private final ScheduledExecutorService asker = daemon("freshet-console-status");
    private volatile Optional<Watch> watch = Optional.empty();
    private volatile Optional<DeadLetterBox> box = Optional.empty();
    private String incidents = "[]";

    /**
     * Connects to nothing.
     *
     * @param meters of this process, as {@code docs/metrics.md} names them
     * @param health of this process
     */
    public Console(FreshetConfig config, MeterRegistry meters, Health health, String version) {
        this.config = config;
        this.meters = meters;
        this.health = health;
        this.version = version;
        this.names = config.caches().stream().map(CacheMapping::name).toList();
        this.hosts = new HostRule(config.writer().http().host());
        this.tokens = new TokenRule(config.writer().consoleToken());
        this.letters = new Letters(() -> box, tokens);
        this.explain = new ExplainForm(config);
    }

    /**
     * Begins to look. To be called once, when the process knows its Kafka.
     *
     * @param bootstrapServers of Kafka
     */
    public void start(String bootstrapServers) {
        box = Optional.of(new DeadLetterBox(new DeadLetterTopic(config, bootstrapServers)));
        Watch started = new Watch(
                new StatusReader(config, Optional.of(bootstrapServers), Thresholds.of(config)),
                new GapLog(config, bootstrapServers),
                feed,
                listeners::any);
        watch = Optional.of(started);
        var unused = sampler.scheduleWithFixedDelay(this::sample, 0, 1, TimeUnit.SECONDS);
        var unusedToo = asker.scheduleWithFixedDelay(started::step, 0, 500, TimeUnit.MILLISECONDS);
    }

    @Override
    public void configure(JavalinConfig server) {
        files.serve(server.routes, this::guarded);
        server.routes.get("/api/events", guarded(listeners::serve));
        server.routes.post("/api/explain", guarded(explain::answer));
        letters.serve(server.routes, this::guarded);
    }

    /** Whatever is answered is for this page alone, and whoever asks must mean this server. */
    private Handler guarded(Handler handler) {
        return context -> {
            context.header("Content-Security-Policy", POLICY)
                    .header("X-Content-Type-Options", "nosniff")
                    .header("Referrer-Policy", "no-referrer")
                    .header("Cross-Origin-Opener-Policy", "same-origin")
                    .header("Cross-Origin-Resource-Policy", "same-origin");
            if (hosts.allows(Optional.ofNullable(context.header("Host")))) {
                handler.handle(context);
            } else {
                Answers.problem(context, 421, "served on loopback only: ask for localhost, not for another name");
            }
        };
    }

    /** A failure must not end the series. */
    private void sample() {
        try {
            Instant now = Instant.now();
            history.add(
                    Sample.take(meters, names, System.nanoTime()),
                    now,
                    watch.map(Watch::lag).orElseGet(OptionalLong::empty));
            feed.publish("tick", tick().toString());
            tellIncidents();
        } catch (RuntimeException e) {
            LOG.warn("The console's charts miss a second", e);
        }
    }

    private ObjectNode tick() {
        ObjectNode json = Answers.MAPPER.createObjectNode();
        history.writeNewest(json);
        ArrayNode parts = json.putArray("parts");
        for (Health.Part part : health.parts()) {
            ObjectNode one = parts.addObject()
                    .put("name", part.name())
                    .put("role", part.role())
                    .put("live", part.live())
                    .put("ready", part.ready());
            ArrayNode reasons = one.putArray("reasons");
            part.reasons().forEach(reasons::add);
        }
        return json;
    }

    private void tellIncidents() {
        String now = watch.map(started -> started.incidents(history.incidents()).toString())
                .orElse("[]");
        if (!now.equals(incidents)) {
            incidents = now;
            feed.publish("incidents", now);
        }
    }

    /** What does not change while the process runs, and the last minutes. */
    private String hello() {
        ObjectNode json = Answers.MAPPER.createObjectNode();
        Description.write(config, json);
        json.put("version", version)
                .put("now", Instant.now().toEpochMilli())
                .put("actions", tokens.on())
                .put("staleness_limit", Thresholds.of(config).staleness().toSeconds())
                .put("span_seconds", History.POINTS);
        history.writePoints(json.putArray("points"));
        return json.toString();
    }

    private static ScheduledExecutorService daemon(String name) {
        return Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        });
    }

    /** Ends what is sent to the pages. Idempotent. */
    @Override
    public void close() {
        sampler.shutdownNow();
        listeners.close();
        asker.shutdown();
        try {
            if (!asker.awaitTermination(6, TimeUnit.SECONDS)) {
                asker.shutdownNow();
                return; // Its clients end with the process.
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return;
        }
        watch.ifPresent(Watch::close);
    }
}
