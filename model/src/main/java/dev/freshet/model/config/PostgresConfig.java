package dev.freshet.model.config;

import java.util.Map;

/**
 * The source database.
 *
 * @param url {@code jdbc:postgresql://host:port/database}
 * @param maxRetainedWal bytes of WAL that the slot may hold back before it is complained about
 * @param properties any pgjdbc property
 */
public record PostgresConfig(
        String url, String user, Secret password, long maxRetainedWal, Map<String, String> properties) {
    public PostgresConfig {
        properties = Map.copyOf(properties);
    }
}
