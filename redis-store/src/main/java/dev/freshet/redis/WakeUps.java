package dev.freshet.redis;

import io.lettuce.core.RedisException;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;

/** Hears that loads which this process waits for are done. Thread-safe. */
final class WakeUps implements AutoCloseable {

    private final String channel;
    private final ConcurrentHashMap<String, List<ReadStore.Ticket.Waiting>> waiting = new ConcurrentHashMap<>();
    private final StandingConnection<StatefulRedisPubSubConnection<String, String>> connection;

    private WakeUps(Supplier<StatefulRedisPubSubConnection<String, String>> open, String channel) {
        this.channel = channel;
        this.connection = new StandingConnection<>("freshet-redis-wake", () -> {
            StatefulRedisPubSubConnection<String, String> opened = open.get();
            opened.addListener(new RedisPubSubAdapter<>() {
                @Override
                public void message(String heard, String message) {
                    wake(message);
                }
            });
            try {
                opened.sync().subscribe(channel);
                return opened;
            } catch (RedisException e) {
                // As where the user may not use the channel: then who waits here waits in vain, for a bounded time.
                var unused = opened.closeAsync();
                throw e;
            }
        });
    }

    /** @param open connects, to any server of a cluster: each tells what was published at another */
    static WakeUps listen(Supplier<StatefulRedisPubSubConnection<String, String>> open, String channel) {
        WakeUps wakeUps = new WakeUps(open, channel);
        wakeUps.connection.start();
        return wakeUps;
    }

    /** The channel to be woken by; empty while it is not listened on. */
    String channel() {
        return connection.current().isPresent() ? channel : "";
    }

    ReadStore.Ticket.Waiting expect(String key) {
        ReadStore.Ticket.Waiting ticket = new ReadStore.Ticket.Waiting(new CompletableFuture<>());
        waiting.compute(key, (name, others) -> {
            List<ReadStore.Ticket.Waiting> all = others == null ? new CopyOnWriteArrayList<>() : others;
            all.add(ticket);
            return all;
        });
        return ticket;
    }

    void forget(String key, ReadStore.Ticket.Waiting ticket) {
        waiting.computeIfPresent(key, (name, all) -> {
            all.remove(ticket);
            return all.isEmpty() ? null : all;
        });
    }

    private void wake(String message) {
        if (!message.isEmpty()) {
            List<ReadStore.Ticket.Waiting> all = waiting.remove(message.substring(1));
            if (all != null) {
                all.forEach(ticket -> ticket.woken().complete(message.charAt(0) == '1'));
            }
        }
    }

    @Override
    public void close() {
        connection.close();
    }
}
