package dev.freshet.redis;

import dev.freshet.model.Snapshot;
import io.lettuce.core.api.sync.RedisCommands;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Applications and readers on a real Redis. */
final class RedisReadSide implements ReadSide {

    private final RedisCommands<String, String> redis;
    private final FillStore fills;
    private final Duration window;

    RedisReadSide(RedisCommands<String, String> redis, FillStore fills, Duration window) {
        this.redis = redis;
        this.fills = fills;
        this.window = window;
    }

    @Override
    public void put(String key, String value) {
        redis.set(key, value);
    }

    @Override
    public void putField(String key, String field, String value) {
        redis.hset(key, field, value);
    }

    @Override
    public Optional<String> get(String key) {
        return redis.type(key).equals("string") ? Optional.ofNullable(redis.get(key)) : Optional.empty();
    }

    @Override
    public Map<String, String> hash(String key) {
        return redis.type(key).equals("hash") ? redis.hgetall(key) : Map.of();
    }

    @Override
    public boolean hasTimeToLive(String key) {
        return redis.pttl(key) > 0;
    }

    @Override
    public Optional<String> lease(String key) {
        return fills.lease(key, window.dividedBy(2)).toCompletableFuture().join();
    }

    @Override
    public boolean fill(String key, String token, Snapshot snapshot, String value, String... patterns) {
        return fills.fill(key, token, snapshot, new KeyCommand.Value.Text(value), Optional.empty(), List.of(patterns))
                .toCompletableFuture()
                .join();
    }

    @Override
    public Map<String, String> patterns(String pipeline) {
        return redis.hgetall(RedisLayout.patterns(pipeline));
    }

    @Override
    public void letGuardsEnd() {
        redis.keys(RedisLayout.PREFIX + "*").forEach(redis::del);
    }

    @Override
    public void loseFence(String key) {
        redis.del(RedisLayout.fence(key));
    }
}
