package dev.freshet.system.reads;

import dev.freshet.client.FreshCache;
import dev.freshet.client.SnapshotSource;
import dev.freshet.system.process.RedisUsers;
import io.lettuce.core.RedisClient;
import io.micrometer.core.instrument.MeterRegistry;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import javax.sql.DataSource;

/**
 * A few items that change all the time, and when the source said so: each change raises an item's version by one. Judges
 * reads by that alone. Thread-safe, but for changes of one item.
 */
final class Versions {

    static final int ITEMS = 40;

    static final String PIPELINE = "freshness";

    static final String[] SCHEMA = {
        "CREATE TABLE item (id int PRIMARY KEY, version bigint NOT NULL)",
        "INSERT INTO item SELECT n, 1 FROM generate_series(0, " + (ITEMS - 1) + ") n"
    };

    static final Map<String, ?> CACHES = Map.of("item", Map.of("table", "public.item", "key", "item:{id}"));

    private final ConcurrentHashMap<Integer, ConcurrentHashMap<Long, Long>> committed = new ConcurrentHashMap<>();

    static String key(int item) {
        return "item:" + item;
    }

    /** The address with the user of those who read. */
    static String reader(String redis) {
        return RedisUsers.ofApplication(redis, "versions_reader", "item:*");
    }

    /** A cache as an application has it, with a near cache. */
    static FreshCache cache(RedisClient client, DataSource source, MeterRegistry meters) {
        return FreshCache.builder(client, SnapshotSource.of(source))
                .pipeline(PIPELINE)
                .nearCache(1 << 20, Duration.ofMinutes(10))
                .fenceWindow(Duration.ofSeconds(2))
                .leaseLife(Duration.ofSeconds(1))
                .commandTimeout(Duration.ofSeconds(5))
                .meters(meters)
                .build();
    }

    static Optional<Long> load(Connection connection, String key) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "SELECT version FROM item WHERE id = " + key.substring(key.indexOf(':') + 1))) {
            return row.next() ? Optional.of(row.getLong(1)) : Optional.empty();
        }
    }

    /** Commits a change; the item's new version. */
    long change(Connection connection, int item) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "UPDATE item SET version = version + 1 WHERE id = " + item + " RETURNING version")) {
            row.next();
            long version = row.getLong(1);
            committed
                    .computeIfAbsent(item, unknown -> new ConcurrentHashMap<>())
                    .put(version, System.nanoTime());
            return version;
        }
    }

    /**
     * How long before a read began the version that it returned had been replaced for certain; negative where that was
     * later or never.
     */
    Duration outdated(int item, long version, long begunNanos) {
        Long replaced = committed.getOrDefault(item, new ConcurrentHashMap<>()).get(version + 1);
        return Duration.ofNanos(replaced == null ? -1 : begunNanos - replaced);
    }
}
