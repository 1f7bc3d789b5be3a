package dev.freshet.system.process;

import dev.freshet.system.oracle.Entry;
import dev.freshet.system.oracle.Held;
import io.lettuce.core.AbstractRedisClient;
import io.lettuce.core.KeyValue;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lettuce.core.cluster.api.sync.RedisClusterCommands;
import io.lettuce.core.cluster.models.partitions.RedisClusterNode.NodeFlag;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/** What stands in a Redis, or on all primaries of a cluster, apart from the product's own keys. Confined to one thread. */
public final class RedisView implements AutoCloseable {

    private static final String OWN = "freshet:";
    private static final int CHUNK = 5_000;

    private final AbstractRedisClient client;
    private final RedisClusterCommands<String, String> commands;
    private final Supplier<List<String>> allKeys;
    private final Set<String> fieldHashes;

    /** @param fieldHashes the hashes whose fields are entries of their own */
    public RedisView(String url, Set<String> fieldHashes) {
        if (ClusterUrl.is(url)) {
            RedisClusterClient cluster = ClusterUrl.client(url);
            this.client = cluster;
            StatefulRedisClusterConnection<String, String> connection = cluster.connect();
            connection.setTimeout(Duration.ofSeconds(5));
            this.commands = connection.sync();
            this.allKeys = () -> {
                cluster.refreshPartitions();
                // A primary that is dead and has been replaced is one still, without slots.
                return connection
                        .sync()
                        .nodes(node -> node.is(NodeFlag.UPSTREAM) && !node.hasNoSlots())
                        .commands()
                        .keys("*")
                        .stream()
                        .flatMap(List::stream)
                        .toList();
            };
        } else {
            RedisClient single = RedisClient.create(url);
            this.client = single;
            StatefulRedisConnection<String, String> connection = single.connect();
            connection.setTimeout(Duration.ofSeconds(30));
            this.commands = connection.sync();
            this.allKeys = () -> commands().keys("*");
        }
        this.fieldHashes = Set.copyOf(fieldHashes);
    }

    public RedisClusterCommands<String, String> commands() {
        return commands;
    }

    /** Everything that stands. */
    public Set<Entry> entries() {
        Set<Entry> entries = new HashSet<>();
        keys().forEach(key -> entries.add(Entry.ofKey(key)));
        for (String hash : fieldHashes) {
            commands().hkeys(hash).forEach(field -> entries.add(Entry.ofField(hash, field)));
        }
        return entries;
    }

    private List<String> keys() {
        List<String> keys = new ArrayList<>();
        for (String key : allKeys.get()) {
            if (!key.startsWith(OWN) && !fieldHashes.contains(key)) {
                keys.add(key);
            }
        }
        return keys;
    }

    /** Everything, with its value. */
    public Map<Entry, Held> read() {
        List<String> keys = keys();
        Map<Entry, Held> held = new HashMap<>(keys.size() * 2);
        readKeys(keys, held);
        for (String hash : fieldHashes) {
            commands()
                    .hgetall(hash)
                    .forEach((field, text) -> held.put(Entry.ofField(hash, field), new Held.Text(text)));
        }
        return held;
    }

    /** What stands at these entries, each a key. */
    public Map<Entry, Held> read(Collection<Entry> entries) {
        Map<Entry, Held> held = new HashMap<>();
        readKeys(entries.stream().map(Entry::key).toList(), held);
        return held;
    }

    private void readKeys(List<String> keys, Map<Entry, Held> held) {
        for (List<String> chunk : chunks(keys)) {
            for (KeyValue<String, String> value : commands().mget(chunk.toArray(String[]::new))) {
                if (value.hasValue()) {
                    held.put(Entry.ofKey(value.getKey()), new Held.Text(value.getValue()));
                } else {
                    readOther(value.getKey(), held);
                }
            }
        }
    }

    /** A key that holds no string: a hash, or it has just gone. */
    private void readOther(String key, Map<Entry, Held> held) {
        Map<String, String> fields = commands().hgetall(key);
        if (!fields.isEmpty()) {
            held.put(Entry.ofKey(key), new Held.Hash(fields));
        }
    }

    /** How many of the entries stand. */
    public long standing(Collection<Entry> entries) {
        long fields = entries.stream()
                .filter(entry -> entry.field().isPresent())
                .filter(entry -> commands().hexists(entry.key(), entry.field().orElseThrow()))
                .count();
        List<String> keys = entries.stream()
                .filter(entry -> entry.field().isEmpty())
                .map(Entry::key)
                .toList();
        return fields
                + chunks(keys).stream()
                        .mapToLong(chunk -> commands().exists(chunk.toArray(String[]::new)))
                        .sum();
    }

    /** Which of the keys stand. */
    public Set<Entry> standingOf(Collection<Entry> entries) {
        return read(entries).keySet();
    }

    /** Stores the value at every entry, as an application does. */
    public void fill(Collection<Entry> entries, String value) {
        List<String> keys = new ArrayList<>();
        Map<String, Map<String, String>> hashes = new HashMap<>();
        for (Entry entry : entries) {
            entry.field()
                    .ifPresentOrElse(
                            field -> hashes.computeIfAbsent(entry.key(), hash -> new HashMap<>())
                                    .put(field, value),
                            () -> keys.add(entry.key()));
        }
        for (List<String> chunk : chunks(keys)) {
            Map<String, String> values = new HashMap<>();
            chunk.forEach(key -> values.put(key, value));
            commands().mset(values);
        }
        hashes.forEach((hash, fields) -> commands().hset(hash, fields));
    }

    /** Milliseconds that the key has left; negative where it never ends or is not there. */
    public long ttl(String key) {
        return commands().pttl(key);
    }

    private static List<List<String>> chunks(List<String> keys) {
        List<List<String>> chunks = new ArrayList<>();
        for (int i = 0; i < keys.size(); i += CHUNK) {
            chunks.add(keys.subList(i, Math.min(keys.size(), i + CHUNK)));
        }
        return chunks;
    }

    @Override
    public void close() {
        client.shutdown();
    }
}
