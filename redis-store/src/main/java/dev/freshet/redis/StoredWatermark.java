package dev.freshet.redis;

import dev.freshet.model.LogPosition;
import dev.freshet.model.Lsn;
import dev.freshet.model.Watermark;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** The form of a watermark in Redis. Pure functions, thread-safe. */
final class StoredWatermark {

    private static final String SYSTEM = "system";
    private static final String TIMELINE = "timeline";
    private static final String LSN = "lsn";
    private static final String SOURCE_TIME = "source_ts_us";

    private StoredWatermark() {}

    /** The values, in the order that the script takes them in. */
    static List<String> fields(Watermark watermark) {
        LogPosition position = watermark.position();
        return List.of(
                position.system(),
                Long.toString(position.timeline()),
                position.lsn().toString(),
                Long.toString(ChronoUnit.MICROS.between(Instant.EPOCH, watermark.sourceTime())));
    }

    static CompletionStage<Optional<Watermark>> ask(RedisClusterAsyncCommands<byte[], byte[]> redis, String pipeline) {
        return askAt(redis, RedisLayout.watermark(pipeline));
    }

    /** The one at a key. */
    static CompletionStage<Optional<Watermark>> askAt(RedisClusterAsyncCommands<byte[], byte[]> redis, String key) {
        return redis.hgetall(Utf8.encode(key)).thenApply(Utf8::texts).thenApply(StoredWatermark::parse);
    }

    /** Empty also where something else stands there: then nothing is known to be fresh. */
    static Optional<Watermark> parse(Map<String, String> fields) {
        try {
            LogPosition position = new LogPosition(
                    fields.getOrDefault(SYSTEM, ""),
                    Long.parseLong(fields.getOrDefault(TIMELINE, "")),
                    Lsn.parse(fields.getOrDefault(LSN, "")));
            long micros = Long.parseLong(fields.getOrDefault(SOURCE_TIME, ""));
            return Optional.of(new Watermark(position, Instant.EPOCH.plus(micros, ChronoUnit.MICROS)));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
