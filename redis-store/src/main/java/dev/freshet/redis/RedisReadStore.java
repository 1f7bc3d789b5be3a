package dev.freshet.redis;

import dev.freshet.model.Snapshot;
import dev.freshet.model.Watermark;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The cache in Redis, for readers, over an application's own Lettuce client. Keeps one connection for commands and one on
 * which it is woken; both are made again after they were lost, and nothing that a lost one carried counts as done.
 */
public final class RedisReadStore implements ReadStore {

    /** How long a connection may answer nothing before a command's timeout drops it. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private static final Logger LOG = LoggerFactory.getLogger(RedisReadStore.class);

    /** For a walk of many steps. */
    private static final Optional<Duration> LONG = Optional.of(Duration.ofMinutes(1));

    private final RedisLink link;
    private final ServerReads server;
    private final boolean oneServer;
    private final CommandScripts scripts;
    private final Settings settings;
    private final PublishedPatterns patterns;
    private final WakeUps wakeUps;
    private final String process = random();
    private final AtomicLong leases = new AtomicLong();
    private final AtomicBoolean warned = new AtomicBoolean();

    /**
     * How readers use Redis.
     *
     * @param window how long a fence lives: the writers' {@code fence-window}
     * @param leaseLife of a lease; at most half the window
     * @param timeout of a command
     * @param waiting how long a reader waits for another's load
     */
    public record Settings(Duration window, Duration leaseLife, Duration timeout, Duration waiting) {
        public Settings {
            if (leaseLife.isZero()
                    || leaseLife.isNegative()
                    || leaseLife.multipliedBy(2).compareTo(window) > 0) {
                throw new IllegalArgumentException(
                        "a lease lives at most half the fence window of " + window + ", not " + leaseLife);
            }
        }
    }

    private RedisReadStore(
            Connector connector,
            Supplier<StatefulRedisPubSubConnection<String, String>> wakes,
            Settings settings,
            Scripts scripts,
            Runnable lost) {
        this.link = new RedisLink(connector, Optional.of(settings.timeout()), PATIENCE, scripts.all(), lost);
        this.scripts = new CommandScripts(scripts, settings.window());
        this.settings = settings;
        this.oneServer = !connector.cluster();
        this.server = oneServer
                ? new SingleReads(link, this.scripts, settings.leaseLife())
                : new ClusterReads(link, this.scripts, settings.window());
        this.patterns = new PublishedPatterns(() -> link.ask("tell the patterns", server::patterns));
        this.wakeUps = WakeUps.listen(wakes, RedisLayout.wakeChannel(process));
    }

    /** @param client made with the address of its Redis; it stays the caller's to shut down */
    public static RedisReadStore over(RedisClient client, Settings settings) {
        return over(client, settings, () -> {});
    }

    /** @param lost is called when the connection is lost, before a command can go over the next one; must not block */
    public static RedisReadStore over(RedisClient client, Settings settings, Runnable lost) {
        return over(client, settings, Scripts.standard(), lost);
    }

    static RedisReadStore over(RedisClient client, Settings settings, Scripts scripts) {
        return over(client, settings, scripts, () -> {});
    }

    private static RedisReadStore over(RedisClient client, Settings settings, Scripts scripts, Runnable lost) {
        return new RedisReadStore(
                new GivenClient(client), () -> client.connectPubSub(StringCodec.UTF8), settings, scripts, lost);
    }

    /**
     * The same on a Redis Cluster.
     *
     * @param client made with addresses of its cluster, and with options by which it notices that slots have moved; it stays the
     *     caller's to shut down
     * @param lost is called when any of the client's connections is lost, before a command can go over the next one; must not
     *     block
     */
    public static RedisReadStore over(RedisClusterClient client, Settings settings, Runnable lost) {
        return over(client, settings, Scripts.standard(), lost);
    }

    static RedisReadStore over(RedisClusterClient client, Settings settings, Scripts scripts, Runnable lost) {
        return new RedisReadStore(
                new GivenCluster(client), () -> client.connectPubSub(StringCodec.UTF8), settings, scripts, lost);
    }

    @Override
    public CompletionStage<Optional<byte[]>> get(String key) {
        byte[] name = Utf8.encode(key);
        return link.ask("get a key", redis -> redis.get(name)).thenApply(Optional::ofNullable);
    }

    @Override
    public CompletionStage<List<Optional<byte[]>>> getAll(List<String> keys) {
        byte[][] names = keys.stream().map(Utf8::encode).toArray(byte[][]::new);
        return link.ask("get keys", redis -> redis.mget(names))
                .thenApply(values -> values.stream().map(Utf8::value).toList());
    }

    @Override
    public boolean isOneServer() {
        return oneServer;
    }

    @Override
    public CompletionStage<Optional<Watermark>> watermark(String pipeline) {
        return oneServer
                ? link.ask("tell the watermark", redis -> StoredWatermark.ask(redis, pipeline))
                : CompletableFuture.completedStage(Optional.empty());
    }

    @Override
    public CompletionStage<Attested> attested(String pipeline, List<String> keys) {
        return link.ask("tell values and their watermark", redis -> server.attested(redis, pipeline, keys));
    }

    @Override
    public CompletionStage<Ticket> lease(String key) {
        return leaseAll(List.of(key)).thenApply(tickets -> tickets.get(0));
    }

    @Override
    public CompletionStage<List<Ticket>> leaseAll(List<String> keys) {
        String token = process + "-" + leases.incrementAndGet();
        List<Ticket.Waiting> waiting = keys.stream().map(wakeUps::expect).toList();
        List<ScriptCall> calls = keys.stream()
                .map(key -> scripts.lease(key, token, settings.leaseLife(), wakeUps.channel(), settings.waiting()))
                .toList();
        return link.ask("grant leases", redis -> {
                    List<CompletableFuture<Ticket>> tickets = new ArrayList<>();
                    for (int i = 0; i < calls.size(); i++) {
                        Ticket.Waiting other = waiting.get(i);
                        tickets.add(link.run(redis, calls.get(i))
                                .thenApply(answer -> ticket(answer.get(0), token, other))
                                .toCompletableFuture());
                    }
                    return CompletableFuture.allOf(tickets.toArray(CompletableFuture[]::new))
                            .thenApply(all -> tickets.stream()
                                    .map(CompletableFuture::join)
                                    .toList());
                })
                .whenComplete((tickets, failure) -> {
                    if (failure != null) {
                        // One may have been granted all the same; nobody would give it back.
                        keys.forEach(key -> release(key, token));
                    }
                    for (int i = 0; i < keys.size(); i++) {
                        if (failure != null || !(tickets.get(i) instanceof Ticket.Waiting)) {
                            stopWaiting(keys.get(i), waiting.get(i));
                        }
                    }
                });
    }

    private static Ticket ticket(long answer, String token, Ticket.Waiting waiting) {
        if (answer == 1) {
            return new Ticket.Granted(token);
        } else if (answer == 0) {
            return waiting;
        }
        return answer == 2 ? new Ticket.Present() : new Ticket.Foreign();
    }

    @Override
    public void stopWaiting(String key, Ticket.Waiting ticket) {
        wakeUps.forget(key, ticket);
    }

    @Override
    public CompletionStage<Filled> fill(Fill fill, byte[] value) {
        return patterns.current().thenCompose(known -> {
            if (known.unfenced(fill.key())) {
                return release(fill.key(), fill.token()).thenApply(released -> Filled.NOT_FENCED_HERE);
            }
            if (known.window().compareTo(settings.leaseLife().multipliedBy(2)) < 0) {
                warnOfWindow(known.window());
                return release(fill.key(), fill.token()).thenApply(released -> Filled.WINDOW_TOO_SHORT);
            }
            return link.ask("fill a key", redis -> server.fill(redis, fill, known, value))
                    .thenApply(filled -> {
                        if (filled == Filled.PATTERNS_CHANGED) {
                            patterns.forget(known);
                        }
                        return filled;
                    });
        });
    }

    private void warnOfWindow(Duration window) {
        if (warned.compareAndSet(false, true)) {
            LOG.warn(
                    "Nothing is stored: a lease of {} is longer than half the writers' fence window of {}; give this"
                            + " client the same fence window",
                    settings.leaseLife(),
                    window);
        }
    }

    @Override
    public CompletionStage<Void> release(String key, String token) {
        ScriptCall call = scripts.release(key, token);
        return link.ask("release a lease", redis -> link.run(redis, call)).thenApply(nothing -> null);
    }

    @Override
    public CompletionStage<Void> remove(String key) {
        byte[] name = Utf8.encode(key);
        return link.ask("remove a key", redis -> redis.unlink(name)).thenApply(removed -> null);
    }

    @Override
    public CompletionStage<Long> drop(List<String> keys) {
        return link.ask("drop keys", redis -> server.drop(redis, keys));
    }

    @Override
    public CompletionStage<Long> dropTag(String tag, Snapshot now) {
        // Whatever the change's transaction was, it has a lower id than this.
        ScriptCall fence = scripts.fenceTag(tag, now.xmax() - 1);
        return link.ask("drop a tag", LONG, redis -> new TagInvalidation(link, scripts, redis, tag, fence).run());
    }

    @Override
    public CompletionStage<Void> touch(List<String> tags) {
        byte[][] names = tags.stream().map(RedisLayout::tag).map(Utf8::encode).toArray(byte[][]::new);
        return link.ask("touch tags", redis -> redis.touch(names)).thenApply(touched -> null);
    }

    /** Whether the failure says that something else than text stands at a key. */
    public static boolean isForeign(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof RedisCommandExecutionException
                    && String.valueOf(cause.getMessage()).startsWith("WRONGTYPE")) {
                return true;
            }
        }
        return false;
    }

    private static String random() {
        byte[] bytes = new byte[16];
        new SecureRandom().nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    @Override
    public void close() {
        wakeUps.close();
        link.close();
    }
}
