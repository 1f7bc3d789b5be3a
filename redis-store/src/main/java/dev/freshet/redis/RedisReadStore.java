package dev.freshet.redis;

import dev.freshet.model.Snapshot;
import dev.freshet.model.Watermark;
import io.lettuce.core.KeyValue;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisCommandExecutionException;
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

    private RedisReadStore(RedisClient client, Settings settings, Scripts scripts, Runnable lost) {
        this.link =
                new RedisLink(new GivenClient(client), Optional.of(settings.timeout()), PATIENCE, scripts.all(), lost);
        this.scripts = new CommandScripts(scripts, settings.window());
        this.settings = settings;
        this.patterns = new PublishedPatterns(
                () -> link.ask("tell the patterns", redis -> link.runMixed(redis, this.scripts.readPatterns())));
        this.wakeUps = WakeUps.listen(client, RedisLayout.wakeChannel(process));
    }

    /** @param client made with the address of its Redis; it stays the caller's to shut down */
    public static RedisReadStore over(RedisClient client, Settings settings) {
        return over(client, settings, () -> {});
    }

    /** @param lost is called when the connection is lost, before a command can go over the next one; must not block */
    public static RedisReadStore over(RedisClient client, Settings settings, Runnable lost) {
        return new RedisReadStore(client, settings, Scripts.standard(), lost);
    }

    static RedisReadStore over(RedisClient client, Settings settings, Scripts scripts) {
        return new RedisReadStore(client, settings, scripts, () -> {});
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
                .thenApply(
                        values -> values.stream().map(RedisReadStore::optional).toList());
    }

    private static Optional<byte[]> optional(KeyValue<byte[], byte[]> value) {
        return value.hasValue() ? Optional.of(value.getValue()) : Optional.empty();
    }

    @Override
    public CompletionStage<Optional<Watermark>> watermark(String pipeline) {
        return link.ask("tell the watermark", redis -> StoredWatermark.ask(redis, pipeline));
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
            ScriptCall call = scripts.fill(
                    fill.key(),
                    fill.token(),
                    fill.snapshot(),
                    fill.ttl(),
                    known.matching(fill.key()),
                    fill.tags(),
                    known.version(),
                    settings.leaseLife(),
                    value);
            return link.ask("fill a key", redis -> link.run(redis, call)).thenApply(answer -> {
                Filled filled = filled(answer.get(0));
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

    private static Filled filled(long answer) {
        if (answer == 1) {
            return Filled.STORED;
        } else if (answer == 0) {
            return Filled.LEASE_GONE;
        }
        return answer == -1 ? Filled.FENCED : Filled.PATTERNS_CHANGED;
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
        ScriptCall call = scripts.drop(keys);
        return link.ask("drop keys", redis -> link.run(redis, call)).thenApply(answer -> answer.get(0));
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
