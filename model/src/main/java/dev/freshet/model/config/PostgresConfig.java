package dev.freshet.model.config;

import java.util.Map;

/**
 * The source database.
 *
 * @param url {@code jdbc:postgresql://host:port/database}
 * @param maxRetainedWal bytes of WAL that the slot may hold back
 * @param onMaxRetainedWal what to do when it holds back more
 * @param properties any pgjdbc property
 */
public record PostgresConfig(
        String url,
        String user,
        Secret password,
        long maxRetainedWal,
        OnMaxRetainedWal onMaxRetainedWal,
        Map<String, String> properties) {

    /** What to do when the slot holds back too much WAL. */
    public enum OnMaxRetainedWal {
        WARN,
        /** Gives the slot up, so that the source's disk does not fill: a gap, which flushes the mapped caches. */
        DROP
    }

    public PostgresConfig {
        properties = Map.copyOf(properties);
    }

    /** One that only warns. */
    public PostgresConfig(
            String url, String user, Secret password, long maxRetainedWal, Map<String, String> properties) {
        this(url, user, password, maxRetainedWal, OnMaxRetainedWal.WARN, properties);
    }
}
