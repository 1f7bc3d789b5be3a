package dev.freshet.writer.apply;

import dev.freshet.model.CacheMapping;
import dev.freshet.model.Origin;
import dev.freshet.model.Position;
import dev.freshet.redis.Fence;
import dev.freshet.redis.KeyCommand;
import dev.freshet.writer.plan.CacheAction;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Gathers what the changes of one poll do to keys, into one command for each key. Confined to one thread.
 *
 * <p>The newest change by position decides between storing and removing. Where the newest cannot be told (a position is
 * missing, two changes have the same one), or where it is older than half the fence window, the entry is removed: a newer
 * change's position may have expired by then (rule 13). Half, so that the source's clock and ours may differ by as much.
 */
public final class KeyBatch {

    private record Address(String key, Optional<String> field) {}

    /** What is known so far of one entry. */
    private static final class Entry {
        /** The first of the caches that mean it. */
        private final String cache;

        private Fence fence = Fence.NONE;
        private boolean guarded;
        private boolean unordered;
        private Optional<Position> newest = Optional.empty();
        private Optional<CacheAction.Put> put = Optional.empty();
        private Instant committed = Instant.MIN;

        Entry(String cache) {
            this.cache = cache;
        }
    }

    private final CacheRules rules;
    private final Duration fenceWindow;
    private final Map<Address, Entry> entries = new LinkedHashMap<>();
    private final Map<String, Integer> coalesced = new HashMap<>();

    public KeyBatch(CacheRules rules, Duration fenceWindow) {
        this.rules = rules;
        this.fenceWindow = fenceWindow;
    }

    /** @param fence what the change leaves behind, should its mapping allow it */
    public void remove(CacheMapping mapping, String key, Optional<String> field, Origin origin, Fence fence) {
        merge(mapping, new Address(key, field), Optional.empty(), origin, fence);
    }

    /** @param fence what the change leaves behind */
    public void put(CacheAction.Put put, Origin origin, Fence fence) {
        merge(put.mapping(), new Address(put.key(), put.field()), Optional.of(put), origin, fence);
    }

    private void merge(
            CacheMapping mapping, Address address, Optional<CacheAction.Put> put, Origin origin, Fence fence) {
        int before = entries.size();
        Entry entry = entries.computeIfAbsent(address, unknown -> new Entry(mapping.name()));
        if (entries.size() == before) {
            coalesced.merge(mapping.name(), 1, Integer::sum);
        }
        entry.fence = mapping.safeFills() ? entry.fence.and(fence) : entry.fence;
        entry.guarded |= put.isPresent() || rules.guarded(mapping);
        if (origin.position().isEmpty()) {
            entry.unordered = true;
            return;
        }
        int order = entry.newest
                .map(newest -> origin.position().get().compareTo(newest))
                .orElse(1);
        if (order > 0) {
            entry.newest = origin.position();
            entry.put = put;
            entry.committed = origin.committed();
        } else if (order == 0) {
            // Rows of one COPY share a position: which of them is the key's last is not known.
            entry.put = Optional.empty();
        }
    }

    public boolean isEmpty() {
        return entries.isEmpty();
    }

    /** One command for each entry. */
    public List<KeyCommand> commands(Instant now) {
        return commandsByCache(now).values().stream().flatMap(List::stream).toList();
    }

    /** One command for each entry, by the name of the cache; an entry of several caches stands under the first. */
    public Map<String, List<KeyCommand>> commandsByCache(Instant now) {
        Map<String, List<KeyCommand>> commands = new LinkedHashMap<>();
        entries.forEach((address, entry) -> commands.computeIfAbsent(entry.cache, cache -> new ArrayList<>())
                .add(command(address, entry, now)));
        return commands;
    }

    /** By cache, how many changes found their entry here already. */
    public Map<String, Integer> coalesced() {
        return coalesced;
    }

    private KeyCommand command(Address address, Entry entry, Instant now) {
        boolean fresh = entry.committed.isAfter(now.minus(fenceWindow.dividedBy(2)));
        if (entry.put.isPresent() && !entry.unordered && fresh) {
            CacheAction.Put put = entry.put.get();
            return new KeyCommand.Store(
                    address.key(),
                    address.field(),
                    put.value(),
                    put.mapping().ttl(),
                    entry.fence,
                    entry.newest.orElseThrow(),
                    rules.patterns(address.key()));
        }
        return new KeyCommand.Invalidate(
                address.key(),
                address.field(),
                entry.fence,
                entry.unordered ? Optional.empty() : entry.newest,
                entry.guarded);
    }
}
