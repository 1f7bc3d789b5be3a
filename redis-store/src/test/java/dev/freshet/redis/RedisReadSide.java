package dev.freshet.redis;

import dev.freshet.model.Snapshot;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.cluster.api.sync.RedisClusterCommands;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Applications and readers on a real Redis. */
final class RedisReadSide implements ReadSide {

    private static final Script ALLOWED = Script.load("allowed", Script.REFUSE_OOM, "server", "snapshot", "allows");

    private final RedisClusterCommands<String, String> redis;
    private final FillStore fills;
    private final Duration window;

    RedisReadSide(RedisClusterCommands<String, String> redis, FillStore fills, Duration window) {
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
    public void file(String tag, String key) {
        redis.zadd(
                RedisLayout.tag(tag), (double) Instant.now().plusSeconds(3600).toEpochMilli(), key);
    }

    @Override
    public Set<String> filed(String tag) {
        return Set.copyOf(redis.zrange(RedisLayout.tag(tag), 0, -1));
    }

    @Override
    public boolean tagAllows(String tag, Snapshot snapshot) {
        List<Long> answer = redis.eval(
                ALLOWED.text(), ScriptOutputType.MULTI, new String[] {RedisLayout.tagFence(tag)}, snapshot.toString());
        return answer.get(0) == 1;
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
