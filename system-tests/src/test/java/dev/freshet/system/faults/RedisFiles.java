package dev.freshet.system.faults;

import dev.freshet.system.faults.Fault.Undo;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.cluster.api.sync.RedisClusterCommands;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What an operator, a disk or a careless script may do to a Redis. */
final class RedisFiles {

    private static final String SAVED = "dump.rdb";

    private RedisFiles() {}

    /** Removes what was saved, so that a later restart begins with nothing. */
    static void forget(RedisClusterCommands<String, String> redis) throws IOException {
        Moments.until("Redis answers", () -> redis.ping().equals("PONG"));
        Files.deleteIfExists(directory(redis).resolve(SAVED));
    }

    /** Saving fails, since a directory stands where the file should be; Redis then refuses writes. */
    static Undo full(RedisClusterCommands<String, String> redis) throws IOException {
        Path taken = directory(redis).resolve(SAVED);
        Path by = taken.resolve("by");
        Files.createDirectories(by);
        redis.configSet("save", "3600 1");
        redis.bgsave();
        Moments.until("saving has failed", () -> redis.info("persistence").contains("rdb_last_bgsave_status:err"));
        return () -> {
            redis.configSet("save", "");
            Files.delete(by);
            Files.delete(taken);
        };
    }

    private static Path directory(RedisClusterCommands<String, String> redis) {
        return Path.of(redis.configGet("dir").getOrDefault("dir", ""));
    }

    /** Keeps it busy with a script until undone. */
    static Undo busy(RedisClusterCommands<String, String> redis, String url) {
        RedisClient client = RedisClient.create(url);
        RedisFuture<String> endless = client.connect().async().eval("while true do end", ScriptOutputType.STATUS);
        return () -> {
            Moments.until("the script is killed", () -> {
                try {
                    return redis.scriptKill().equals("OK");
                } catch (RedisCommandExecutionException e) {
                    // Not begun yet, or not yet long enough.
                    return String.valueOf(e.getMessage()).startsWith("NOTBUSY") && endless.isDone();
                }
            });
            client.shutdown();
        };
    }
}
