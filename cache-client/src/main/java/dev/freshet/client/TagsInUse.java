package dev.freshet.client;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.freshet.redis.ReadStore;
import java.time.Duration;
import java.util.List;

/** Tells Redis, now and then, that the tags of what is read are in use, so that it evicts others (rule 17). Thread-safe. */
final class TagsInUse {

    private static final Duration EVERY = Duration.ofSeconds(3);

    private final ReadStore store;
    private final Guard guard;
    private final Cache<String, Boolean> told =
            Caffeine.newBuilder().maximumSize(10_000).expireAfterWrite(EVERY).build();

    TagsInUse(ReadStore store, Guard guard) {
        this.store = store;
        this.guard = guard;
    }

    void used(List<String> tags) {
        if (tags.isEmpty()) {
            return;
        }
        List<String> untold = tags.stream()
                .filter(tag -> told.asMap().putIfAbsent(tag, true) == null)
                .toList();
        if (!untold.isEmpty()) {
            // Not awaited: a tag that is not told now is told in a few seconds.
            var unused = guard.ask(() -> store.touch(untold));
        }
    }
}
