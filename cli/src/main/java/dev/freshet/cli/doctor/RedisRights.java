package dev.freshet.cli.doctor;

import dev.freshet.model.CacheMapping;
import dev.freshet.model.CacheMapping.OnChange;
import dev.freshet.model.CacheMapping.Target;
import dev.freshet.model.config.FreshetConfig;
import dev.freshet.redis.RedisClients;
import dev.freshet.redis.RedisLayout;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** The commands that the writer and the mending commands run, each on a key that it may name. Pure. */
final class RedisRights {

    private static final Set<String> WITH_SUBCOMMANDS = Set.of("SCRIPT", "CLUSTER");

    private RedisRights() {}

    /** Whole commands; those without a key first. */
    static List<List<String>> of(FreshetConfig config) {
        List<List<String>> commands = new ArrayList<>();
        commands.add(List.of("INFO"));
        commands.add(List.of("TIME"));
        commands.add(List.of("SCAN", "0"));
        commands.add(List.of("SCRIPT", "LOAD", "return 1"));
        commands.add(List.of("EVALSHA", "0", "0"));
        if (config.redis().waitForReplicas() > 0) {
            commands.add(List.of("WAIT", "1", "1"));
        }
        if (RedisClients.isCluster(config.redis())) {
            commands.add(List.of("CLUSTER", "NODES"));
            commands.add(List.of("ASKING"));
            commands.add(List.of("EVAL", "return 1", "0"));
        }
        Set<String> samples = new LinkedHashSet<>();
        for (CacheMapping cache : config.caches()) {
            Keys.of(cache.target()).sample().filter(samples::add).ifPresent(key -> own(commands, cache, key));
            onKey(commands, cache);
        }
        String marker = RedisLayout.marker(config.pipeline());
        for (String read : List.of("HGETALL", "UNLINK")) {
            commands.add(List.of(read, marker));
        }
        commands.add(List.of("HGET", marker, "f"));
        commands.add(List.of("HSET", marker, "f", "v"));
        commands.add(List.of("HDEL", marker, "f"));
        return commands.stream().distinct().toList();
    }

    /** What of an ACL allows the command. */
    static String acl(List<String> command) {
        String word = command.get(0).toLowerCase(Locale.ROOT);
        boolean parted = WITH_SUBCOMMANDS.contains(command.get(0));
        return "+" + word + (parted ? "|" + command.get(1).toLowerCase(Locale.ROOT) : "");
    }

    private static void onKey(List<List<String>> commands, CacheMapping cache) {
        Keys.of(cache.target()).sample().ifPresent(key -> {
            commands.add(List.of("UNLINK", key));
            if (cache.target() instanceof Target.Field) {
                commands.add(List.of("HSCAN", key, "0"));
                commands.add(List.of("HDEL", key, "f"));
                commands.add(List.of("HEXISTS", key, "f"));
            }
            if (!(cache.onChange() instanceof OnChange.Delete)) {
                commands.add(List.of("EXISTS", key));
                commands.add(List.of("TYPE", key));
                commands.add(List.of("SET", key, "v"));
                commands.add(List.of("HSET", key, "f", "v"));
                commands.add(List.of("PEXPIRE", key, "1"));
            }
        });
    }

    /** What stands beside a key. */
    private static void own(List<List<String>> commands, CacheMapping cache, String key) {
        if (cache.safeFills()) {
            String fence = RedisLayout.fence(key);
            commands.add(List.of("ZADD", fence, "1", "1"));
            commands.add(List.of("ZCARD", fence));
            commands.add(List.of("ZPOPMIN", fence, "1"));
            commands.add(List.of("ZRANGE", fence, "0", "-1"));
            commands.add(List.of("ZRANGEBYSCORE", fence, "1", "1"));
            commands.add(List.of("ZREM", fence, "1"));
            commands.add(List.of("PEXPIRE", fence, "1"));
        }
        if (cache.target() instanceof Target.Tag) {
            commands.add(List.of("ZSCAN", RedisLayout.tag("1"), "0"));
            commands.add(List.of("ZREM", RedisLayout.tag("1"), "1"));
        }
        String entry = RedisLayout.entry(key);
        commands.add(List.of("HMGET", entry, "p"));
        commands.add(List.of("HSET", entry, "p", "v"));
        commands.add(List.of("HDEL", entry, "s"));
        commands.add(List.of("PEXPIRE", entry, "1"));
        String lease = RedisLayout.lease(key);
        commands.add(List.of("UNLINK", lease));
        if (!(cache.onChange() instanceof OnChange.Delete)) {
            commands.add(List.of("GET", lease));
            commands.add(List.of("SET", lease, "v"));
            commands.add(List.of("SMEMBERS", RedisLayout.waiters(key)));
            commands.add(List.of("PUBLISH", RedisLayout.wakeChannel("1"), "1"));
        }
    }
}
