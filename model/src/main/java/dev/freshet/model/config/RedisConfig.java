package dev.freshet.model.config;

import java.time.Duration;

/**
 * The cache.
 *
 * @param url as Lettuce takes it: {@code redis://}, {@code rediss://}, {@code redis-sentinel://}; may hold a password
 */
public record RedisConfig(Secret url, Duration replayOnFailover) {}
