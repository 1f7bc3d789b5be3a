package dev.freshet.listener;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import org.apache.kafka.connect.runtime.WorkerConfig;
import org.apache.kafka.connect.storage.OffsetBackingStore;
import org.apache.kafka.connect.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * The engine's view of the stored position during one run: seeded with the position that the run starts at. What has
 * to outlive the run is stored by {@link PositionWriter}, before the engine hears of it. Debezium creates it by its
 * name. Thread-safe.
 *
 * <p>The seed has no {@code lsn_proc}: so Debezium streams from the given position at once, and does not look for a
 * place to go on inside a transaction.
 */
public final class SeededOffsets implements OffsetBackingStore {

    static final String START = "freshet.start.lsn";

    private final Map<ByteBuffer, ByteBuffer> offsets = new ConcurrentHashMap<>();
    private volatile @Nullable ByteBuffer seed;

    @Override
    public void configure(WorkerConfig config) {
        long start = Long.parseLong(config.originalsStrings().getOrDefault(START, "0"));
        seed = ByteBuffer.wrap(
                ("{\"lsn\":" + start + ",\"lsn_commit\":" + start + "}").getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void start() {}

    @Override
    public void stop() {}

    @Override
    public Future<Map<ByteBuffer, ByteBuffer>> get(Collection<ByteBuffer> keys) {
        Map<ByteBuffer, ByteBuffer> found = new HashMap<>();
        for (ByteBuffer key : keys) {
            ByteBuffer offset = offsets.get(key);
            found.put(key, offset == null ? seed : offset);
        }
        return CompletableFuture.completedFuture(found);
    }

    @Override
    public Future<Void> set(Map<ByteBuffer, ByteBuffer> values, Callback<Void> callback) {
        offsets.putAll(values);
        callback.onCompletion(null, null);
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public Set<Map<String, Object>> connectorPartitions(String connectorName) {
        return Set.of();
    }
}
