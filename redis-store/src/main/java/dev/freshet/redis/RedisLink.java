package dev.freshet.redis;

import io.lettuce.core.RedisCommandTimeoutException;
import io.lettuce.core.RedisException;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.cluster.api.async.RedisAdvancedClusterAsyncCommands;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * The connection to Redis, one server or a cluster: made on first use, and again after it was lost. What was sent over a lost connection is never
 * sent again by itself, since a refresh that arrives late, after the positions that would refuse it have ended, could put
 * an old value over a newer one. Thread-safe.
 */
final class RedisLink implements AutoCloseable {

    private final Connector connector;
    private final Optional<Duration> limit;
    private final Duration patience;
    private final Collection<Script> scripts;
    private final Runnable lost;
    private Optional<CompletableFuture<StatefulConnection<byte[], byte[]>>> connection = Optional.empty();
    private boolean closed;
    private volatile long lastReplyNanos = System.nanoTime();

    /**
     * @param limit of a whole question's time, connecting included
     * @param patience how long a connection may answer nothing until a timeout drops it
     */
    RedisLink(Connector connector, Optional<Duration> limit, Duration patience, Collection<Script> scripts) {
        this(connector, limit, patience, scripts, () -> {});
    }

    /** @param lost is called when a connection is lost, before a command can go over the next; must not block */
    RedisLink(
            Connector connector,
            Optional<Duration> limit,
            Duration patience,
            Collection<Script> scripts,
            Runnable lost) {
        this.lost = lost;
        this.connector = connector;
        this.limit = limit;
        this.patience = patience;
        this.scripts = scripts;
    }

    /**
     * Asks Redis; the stage fails with {@link CacheUnavailableException}, or with {@link IllegalArgumentException} where
     * the question cannot be put at all.
     */
    <T> CompletableFuture<T> ask(
            String what, Function<RedisClusterAsyncCommands<byte[], byte[]>, CompletionStage<T>> question) {
        return ask(what, limit, question);
    }

    /** The same with another limit of time. */
    <T> CompletableFuture<T> ask(
            String what,
            Optional<Duration> most,
            Function<RedisClusterAsyncCommands<byte[], byte[]>, CompletionStage<T>> question) {
        CompletableFuture<StatefulConnection<byte[], byte[]>> connected = connected();
        CompletableFuture<T> answer = connected
                .thenCompose(connection -> question.apply(Connector.commands(connection)))
                .thenApply(told -> {
                    lastReplyNanos = System.nanoTime();
                    return told;
                });
        most.ifPresent(time -> answer.orTimeout(time.toNanos(), TimeUnit.NANOSECONDS));
        return answer.exceptionallyCompose(failure -> {
            Throwable cause = cause(failure);
            if (cause instanceof CacheUnavailableException || cause instanceof IllegalArgumentException) {
                return CompletableFuture.failedFuture(cause);
            }
            dropIfUseless(connected, cause);
            return CompletableFuture.failedFuture(unavailable(what, cause));
        });
    }

    /** Runs a script by its digest; loads it first where Redis has forgotten it. */
    CompletionStage<List<Long>> run(RedisClusterAsyncCommands<byte[], byte[]> redis, ScriptCall call) {
        return answer(redis, call);
    }

    /** The same of a script that answers with numbers and bytes. */
    CompletionStage<List<Object>> runMixed(RedisClusterAsyncCommands<byte[], byte[]> redis, ScriptCall call) {
        return answer(redis, call);
    }

    private static <T> CompletionStage<List<T>> answer(
            RedisClusterAsyncCommands<byte[], byte[]> redis, ScriptCall call) {
        return redis instanceof RedisAdvancedClusterAsyncCommands
                ? TryAgain.whileKeysMove(() -> answerOnce(redis, call))
                : answerOnce(redis, call);
    }

    private static <T> CompletionStage<List<T>> answerOnce(
            RedisClusterAsyncCommands<byte[], byte[]> redis, ScriptCall call) {
        byte[][] keys = call.keys();
        byte[][] arguments = call.arguments();
        String sha = call.script().sha();
        CompletionStage<List<T>> first = redis.evalsha(sha, ScriptOutputType.MULTI, keys, arguments);
        return first.exceptionallyCompose(failure -> {
            if (!Refusal.asksFor(Refusal.Remedy.LOAD_SCRIPT, cause(failure))) {
                return CompletableFuture.failedStage(failure);
            }
            if (redis instanceof RedisAdvancedClusterAsyncCommands) {
                // Loaded where the slot is: a primary that has just joined may be none of those known here.
                CompletionStage<List<T>> whole =
                        redis.eval(text(call.script()), ScriptOutputType.MULTI, keys, arguments);
                return whole;
            }
            return redis.scriptLoad(text(call.script())).thenCompose(loaded -> {
                CompletionStage<List<T>> second = redis.evalsha(sha, ScriptOutputType.MULTI, keys, arguments);
                return second;
            });
        });
    }

    /** Whether this is a cluster, where all keys of a call must belong to one slot. */
    boolean cluster() {
        return connector.cluster();
    }

    /** Where Redis is, without credentials. */
    String address() {
        return connector.address();
    }

    private synchronized CompletableFuture<StatefulConnection<byte[], byte[]>> connected() {
        if (closed) {
            return CompletableFuture.failedFuture(
                    unavailable("connect", new IllegalStateException("the store is closed")));
        }
        Optional<CompletableFuture<StatefulConnection<byte[], byte[]>>> usable = connection.filter(RedisLink::usable);
        if (usable.isPresent()) {
            return usable.get();
        }
        connection.ifPresent(RedisLink::close);
        CompletableFuture<StatefulConnection<byte[], byte[]>> fresh = connect();
        connection = Optional.of(fresh);
        return fresh;
    }

    private CompletableFuture<StatefulConnection<byte[], byte[]>> connect() {
        return connector.connect().toCompletableFuture().thenApply(connected -> {
            connector.whenLost(connected, lost);
            if (!connector.cluster()) {
                // Not awaited: Redis works in order, and a script that did not load is loaded when it is missed.
                for (Script script : scripts) {
                    var unused = Connector.commands(connected).scriptLoad(text(script));
                }
            }
            return connected;
        });
    }

    private static boolean usable(CompletableFuture<StatefulConnection<byte[], byte[]>> connecting) {
        return !connecting.isDone()
                || (!connecting.isCompletedExceptionally() && connecting.join().isOpen());
    }

    /** A client that reconnects by itself would keep a connection for ever that nobody uses any more. */
    private static void close(CompletableFuture<StatefulConnection<byte[], byte[]>> useless) {
        var unused = useless.thenCompose(StatefulConnection::closeAsync);
    }

    /** A server that does not answer, or has become a replica, may be found well at another address. */
    private synchronized void dropIfUseless(
            CompletableFuture<StatefulConnection<byte[], byte[]>> failed, Throwable cause) {
        boolean late = cause instanceof RedisCommandTimeoutException || cause instanceof TimeoutException;
        boolean useless = Refusal.asksFor(Refusal.Remedy.LOOK_AGAIN, cause)
                || connector.uselessAfter(cause)
                || (late && failed.isDone() && System.nanoTime() - lastReplyNanos >= patience.toNanos());
        if (useless && connection.isPresent() && connection.get() == failed) {
            connection = Optional.empty();
            close(failed);
        }
    }

    private CacheUnavailableException unavailable(String what, Throwable cause) {
        List<String> reasons = Stream.iterate(cause, Objects::nonNull, Throwable::getCause)
                .map(reason -> String.valueOf(reason.getMessage()))
                .distinct()
                .toList();
        String told = String.join(
                ": ", reasons.stream().map(RedisLink::withoutArguments).toList());
        String mend = Refusal.of(cause).map(kind -> " (" + kind.mend() + ")").orElse("");
        boolean toldAll = reasons.stream().allMatch(reason -> reason.equals(withoutArguments(reason)));
        return new CacheUnavailableException(
                "Redis at " + address() + " did not " + what + ": " + told + mend,
                toldAll ? cause : new RedisException(told));
    }

    /** Redis repeats the arguments of a command that it does not know: keys and values, or HELLO's password. */
    private static String withoutArguments(String message) {
        int arguments = message.indexOf(", with args");
        return arguments < 0 ? message : message.substring(0, arguments);
    }

    static Throwable cause(Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null
                ? cause(failure.getCause())
                : failure;
    }

    private static byte[] text(Script script) {
        return script.text().getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
        }
        Optional<CompletableFuture<Void>> closing =
                connection.map(open -> open.thenCompose(StatefulConnection::closeAsync));
        if (connector.cluster()) {
            // The client would close its nodes' connections a second time, and warn of that.
            closing.ifPresent(nodes -> nodes.orTimeout(1, TimeUnit.SECONDS)
                    .exceptionally(late -> null)
                    .join());
        }
        connector.close();
    }
}
