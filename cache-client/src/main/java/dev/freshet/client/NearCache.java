package dev.freshet.client;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.freshet.redis.RedisTracking;
import java.time.Duration;
import java.util.Optional;

/**
 * Values that this process has read over one tracked connection (rule 21). Before a read a placeholder is put; what the
 * read returned is kept only while that placeholder stands, which a push about the key removes. Thread-safe.
 */
final class NearCache implements RedisTracking.Near {

    /** What an entry takes beside its key and value, about: Caffeine's node, the slot and two references. */
    private static final int OVERHEAD = 128;

    private final Cache<String, Slot> slots;
    private final Watermarks watermarks;

    /** A place for a value, empty in a placeholder; compared by identity. */
    static final class Slot {
        private final Optional<ValueType<?>> type;
        private final Optional<Optional<?>> value;
        private final int bytes;

        private Slot(Optional<ValueType<?>> type, Optional<Optional<?>> value, int bytes) {
            this.type = type;
            this.value = value;
            this.bytes = bytes;
        }
    }

    /**
     * @param weight of all entries together, in bytes: of the encoded values, the keys, and some more
     * @param age the longest that an entry is kept: a value's ttl is not known here, and its end may be told late
     */
    NearCache(long weight, Duration age) {
        this.watermarks = new Watermarks(System::nanoTime);
        this.slots = Caffeine.newBuilder()
                .maximumWeight(weight)
                .weigher((String key, Slot slot) -> OVERHEAD + 2 * key.length() + slot.bytes)
                .expireAfterWrite(age)
                .executor(Runnable::run)
                .build();
    }

    /** The value, which may be an absence, if there is one of this type. */
    @SuppressWarnings("unchecked")
    <T> Optional<Optional<T>> get(String key, ValueType<T> type) {
        Slot slot = slots.getIfPresent(key);
        return slot != null && slot.type.isPresent() && slot.type.get().equals(type)
                ? (Optional<Optional<T>>) (Optional<?>) slot.value
                : Optional.empty();
    }

    /** What was read of the watermark over the same connection as the values. */
    Watermarks watermarks() {
        return watermarks;
    }

    /** To be called before the read is sent. */
    Slot placeholder(String key) {
        Slot placeholder = new Slot(Optional.empty(), Optional.empty(), 0);
        slots.put(key, placeholder);
        return placeholder;
    }

    /** Keeps what the tracked read returned, if nothing was told of the key since. */
    void keep(String key, Slot placeholder, ValueType<?> type, Optional<?> value, int bytes) {
        slots.asMap().replace(key, placeholder, new Slot(Optional.of(type), Optional.of(value), bytes));
    }

    /** The read returned nothing that can be kept. */
    void drop(String key, Slot placeholder) {
        slots.asMap().remove(key, placeholder);
    }

    @Override
    public void invalidated(String key) {
        slots.invalidate(key);
    }

    @Override
    public void flushed() {
        slots.invalidateAll();
    }

    @Override
    public void lost() {
        slots.invalidateAll();
        watermarks.lost();
    }
}
