package dev.freshet.redis;

import dev.freshet.model.Watermark;
import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.RedisException;
import io.lettuce.core.TrackingArgs;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.push.PushMessage;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.protocol.ProtocolVersion;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads that Redis remembers: it tells when what was read changes (client tracking over RESP3). Each connection is a
 * session with a near cache of its own: when the connection is lost, so is all that was read over it, and the next one
 * starts with nothing (rule 21). Thread-safe.
 *
 * @param <N> the near cache of a session
 */
public final class RedisTracking<N extends RedisTracking.Near> implements AutoCloseable {

    /** A session is used while its newest answered PING was sent less than this ago. */
    static final Duration LIVE = Duration.ofSeconds(2);

    private static final Duration PING_EVERY = Duration.ofMillis(500);
    private static final Logger LOG = LoggerFactory.getLogger(RedisTracking.class);

    /** Hears of changes, on the connection's own thread and in the order of the replies: it must not block. */
    public interface Near {

        /** What was read at this key may be old. */
        void invalidated(String key);

        /** Everything may be old. */
        void flushed();

        /** The connection is lost: nothing will be told any more. */
        void lost();
    }

    /** One connection's life. Thread-safe. */
    public static final class Session<N> {
        private final StatefulRedisConnection<byte[], byte[]> connection;
        private final N near;
        private final Duration timeout;
        private volatile long pingedNanos;
        private boolean lost;

        private Session(StatefulRedisConnection<byte[], byte[]> connection, N near, Duration timeout) {
            this.connection = connection;
            this.near = near;
            this.timeout = timeout;
        }

        /** What this session has read; only to be served while {@link #live}. */
        public N near() {
            return near;
        }

        /** Whether all changes but those of the last two seconds are known to have been told. */
        public boolean live() {
            return System.nanoTime() - pingedNanos < LIVE.toNanos();
        }

        /** Reads a key; from now on Redis tells once when it changes, before or after the reply. */
        public CompletionStage<Optional<byte[]>> get(String key) {
            byte[] name = Utf8.encode(key);
            return limited("get a tracked key", connection.async().get(name)).thenApply(Optional::ofNullable);
        }

        /**
         * How far the pipeline's changes are applied. When this completes, every push about one of them has been heard:
         * Redis sends them in order over this connection, and the change came before its watermark.
         */
        public CompletionStage<Optional<Watermark>> watermark(String pipeline) {
            return limited("tell the watermark", StoredWatermark.ask(connection.async(), pipeline));
        }

        private <T> CompletionStage<T> limited(String what, CompletionStage<T> asked) {
            return asked.toCompletableFuture()
                    .orTimeout(timeout.toNanos(), TimeUnit.NANOSECONDS)
                    .exceptionallyCompose(failure -> CompletableFuture.failedFuture(
                            new CacheUnavailableException("Redis did not " + what, RedisLink.cause(failure))));
        }
    }

    private final Supplier<N> nears;
    private final Duration timeout;
    private final StandingConnection<StatefulRedisConnection<byte[], byte[]>> standing;
    private final Thread pinging;
    private volatile Optional<Session<N>> session = Optional.empty();
    private volatile boolean closed;

    private RedisTracking(RedisClient client, Duration timeout, Supplier<N> nears) {
        this.nears = nears;
        this.timeout = timeout;
        this.standing = new StandingConnection<>("freshet-redis-tracking", () -> open(client));
        this.pinging = new Thread(this::ping, "freshet-redis-ping");
        pinging.setDaemon(true);
    }

    /**
     * Starts to connect, in the background and for as long as it takes.
     *
     * @param nears makes the near cache of each session
     * @throws IllegalStateException where Redis answers and client tracking cannot be had there; the message says why
     */
    public static <N extends Near> RedisTracking<N> start(RedisClient client, Duration timeout, Supplier<N> nears) {
        refuseWhereItCannotBeHad(client);
        RedisTracking<N> tracking = new RedisTracking<>(client, timeout, nears);
        tracking.standing.start();
        tracking.pinging.start();
        return tracking;
    }

    private static void refuseWhereItCannotBeHad(RedisClient client) {
        ProtocolVersion protocol = client.getOptions().getConfiguredProtocolVersion();
        if (protocol == ProtocolVersion.RESP2) {
            throw new IllegalStateException("the near cache needs RESP3, which tells of changes on the connection that"
                    + " read: make the client with ClientOptions.protocolVersion(ProtocolVersion.RESP3), or go without"
                    + " a near cache");
        }
        try (StatefulRedisConnection<byte[], byte[]> probe = client.connect(ByteArrayCodec.INSTANCE)) {
            if (probe.sync().info("cluster").contains("cluster_enabled:1")) {
                throw notOnACluster();
            }
        } catch (RedisException e) {
            LOG.debug("Redis cannot be asked yet whether it is a cluster", e);
        }
    }

    /** Says that client tracking is not used on a cluster, and what to do. */
    public static IllegalStateException notOnACluster() {
        return new IllegalStateException(
                "the near cache does not work on Redis Cluster: each node tells only of its own"
                        + " keys, to connections of its own; go without a near cache");
    }

    /** The session that reads go over; empty while there is none. Ask {@link Session#live} before serving from it. */
    public Optional<Session<N>> session() {
        return session;
    }

    private StatefulRedisConnection<byte[], byte[]> open(RedisClient client) throws Exception {
        StatefulRedisConnection<byte[], byte[]> connection = client.connect(ByteArrayCodec.INSTANCE);
        try {
            N near = nears.get();
            connection.addListener((io.lettuce.core.api.push.PushListener) message -> heard(message, near));
            Session<N> opened = new Session<>(connection, near, timeout);
            // Before tracking is on: a client that connects the same connection again does so without it.
            connection.addListener(new RedisConnectionStateListener() {
                @Override
                public void onRedisDisconnected(RedisChannelHandler<?, ?> lost) {
                    drop(opened);
                }
            });
            // NOLOOP is of no use: what this client stores goes over another connection, and is told like any change.
            await(connection
                    .async()
                    .clientTracking(TrackingArgs.Builder.enabled())
                    .toCompletableFuture());
            opened.pingedNanos = System.nanoTime();
            await(connection.async().ping().toCompletableFuture());
            use(opened);
            return connection;
        } catch (Exception e) {
            var unused = connection.closeAsync();
            throw e;
        }
    }

    private synchronized void use(Session<N> opened) {
        if (!opened.lost) {
            session = Optional.of(opened);
        }
    }

    /** Pushes are lost from here on, also where the client would connect the same connection again. */
    private synchronized void drop(Session<N> gone) {
        gone.lost = true;
        gone.near.lost();
        session = session.filter(current -> current != gone);
    }

    private <T> T await(CompletableFuture<T> answer) throws Exception {
        return answer.get(Math.max(timeout.toMillis(), 1000), TimeUnit.MILLISECONDS);
    }

    private static void heard(PushMessage message, Near near) {
        if (!message.getType().equals("invalidate")) {
            return;
        }
        List<Object> content = message.getContent(
                bytes -> StandardCharsets.UTF_8.decode(bytes.slice()).toString());
        if (content.size() > 1 && content.get(1) instanceof List<?> keys) {
            keys.forEach(key -> near.invalidated(String.valueOf(key)));
        } else {
            near.flushed();
        }
    }

    private void ping() {
        while (!closed) {
            Optional<Session<N>> current = session;
            current.ifPresent(this::ping);
            try {
                TimeUnit.NANOSECONDS.sleep(PING_EVERY.toNanos());
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private void ping(Session<N> current) {
        long sent = System.nanoTime();
        try {
            current.connection.async().ping().get(LIVE.toMillis(), TimeUnit.MILLISECONDS);
            current.pingedNanos = sent;
        } catch (ExecutionException | TimeoutException | RedisException e) {
            // Closing is what the standing connection waits for; it opens another.
            var unused = current.connection.closeAsync();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        closed = true;
        pinging.interrupt();
        standing.close();
        session = Optional.empty();
    }
}
