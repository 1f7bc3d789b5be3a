package dev.freshet.model.config;

import java.time.Duration;

/**
 * The cache.
 *
 * @param url of one server as Lettuce takes it: {@code redis://}, {@code rediss://}, {@code redis-socket://}, {@code redis-sentinel://},
 *     {@code rediss-sentinel://}; of a cluster {@code redis+cluster://host:6379,host:6379} or {@code rediss+cluster://}; may
 *     hold a password
 * @param replayOnFailover how far back changes are applied again where nothing tells how much Redis has lost
 * @param waitForReplicas how many replicas must hold a change before it is acknowledged; 0 for none
 */
public record RedisConfig(Secret url, Duration replayOnFailover, int waitForReplicas, RedisTls tls) {

    /** Without files for TLS. */
    public RedisConfig(Secret url, Duration replayOnFailover, int waitForReplicas) {
        this(url, replayOnFailover, waitForReplicas, RedisTls.NONE);
    }
}
