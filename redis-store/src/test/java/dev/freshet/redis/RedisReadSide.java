package dev.freshet.redis;

import dev.freshet.model.Snapshot;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.sync.RedisCommands;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** Applications and readers on a real Redis; lease and fill are scripts that follow rules 7 and 10. */
final class RedisReadSide implements ReadSide {

    static final Script LEASE = Script.load("lease", "#!lua");
    static final Script FILL = Script.load("fill", "#!lua", "server", "snapshot");

    private final RedisCommands<String, String> redis;
    private final Duration window;

    RedisReadSide(RedisCommands<String, String> redis, Duration window) {
        this.redis = redis;
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
        String token = UUID.randomUUID().toString();
        return eval(LEASE, List.of(key, RedisLayout.lease(key)), token, Long.toString(window.toMillis() / 2))
                ? Optional.of(token)
                : Optional.empty();
    }

    @Override
    public boolean fill(String key, String token, Snapshot snapshot, String value) {
        return eval(
                FILL,
                List.of(key, RedisLayout.lease(key), RedisLayout.fence(key), RedisLayout.entry(key)),
                token,
                snapshot.toString(),
                value,
                Long.toString(RedisLayout.entryLife(window).toMillis()));
    }

    private boolean eval(Script script, List<String> keys, String... arguments) {
        List<Long> answer = redis.eval(script.text(), ScriptOutputType.MULTI, keys.toArray(String[]::new), arguments);
        return answer.get(0) == 1;
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
