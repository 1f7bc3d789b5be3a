package dev.freshet.redis;

import io.lettuce.core.RedisFuture;
import io.lettuce.core.ScanArgs;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * Holds commands back until they are let pass, in their order, and asks for the smallest pages there are where they scan.
 * Thread-safe.
 */
final class Gate {

    private final RedisClusterAsyncCommands<byte[], byte[]> redis;
    private final Queue<Held<?>> waiting = new ConcurrentLinkedQueue<>();

    Gate(RedisClusterAsyncCommands<byte[], byte[]> redis) {
        this.redis = redis;
    }

    /** The commands, behind the gate. */
    @SuppressWarnings("unchecked")
    RedisAsyncCommands<byte[], byte[]> guarded() {
        return (RedisAsyncCommands<byte[], byte[]>) Proxy.newProxyInstance(
                Gate.class.getClassLoader(), new Class<?>[] {RedisAsyncCommands.class}, (proxy, method, arguments) -> {
                    Held<Object> held = new Held<>(() -> send(method, arguments));
                    waiting.add(held);
                    return held;
                });
    }

    @SuppressWarnings("unchecked")
    private RedisFuture<Object> send(Method method, Object[] arguments) {
        Object[] small = Arrays.stream(arguments)
                .map(argument -> argument instanceof ScanArgs ? ScanArgs.Builder.limit(1) : argument)
                .toArray();
        try {
            return (RedisFuture<Object>) method.invoke(redis, small);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Completes when the command's reply has been dealt with; at once where none waits. */
    CompletionStage<Void> passOne() {
        return Optional.ofNullable(waiting.poll())
                .<CompletionStage<Void>>map(Held::pass)
                .orElseGet(() -> CompletableFuture.completedStage(null));
    }

    /** Also those that come to wait meanwhile. */
    CompletionStage<Void> passAll() {
        return waiting.isEmpty()
                ? CompletableFuture.completedStage(null)
                : passOne().thenCompose(passed -> passAll());
    }

    private static final class Held<T> extends CompletableFuture<T> implements RedisFuture<T> {

        private final Supplier<RedisFuture<T>> command;

        Held(Supplier<RedisFuture<T>> command) {
            this.command = command;
        }

        /** What depends on this is done within the call that completes it. */
        CompletionStage<Void> pass() {
            return command.get().handle((value, failure) -> {
                if (failure == null) {
                    complete(value);
                } else {
                    completeExceptionally(failure);
                }
                return null;
            });
        }

        @Override
        public String getError() {
            return "";
        }

        @Override
        public boolean await(long time, TimeUnit unit) throws InterruptedException {
            try {
                get(time, unit);
            } catch (TimeoutException e) {
                return false;
            } catch (ExecutionException e) {
                return true;
            }
            return true;
        }
    }
}
