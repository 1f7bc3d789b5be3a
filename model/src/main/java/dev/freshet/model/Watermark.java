package dev.freshet.model;

import java.time.Instant;

/**
 * How far a pipeline's caches are fresh: every change that was visible at the source before the time here, and every one
 * that the log holds before the position, is applied to Redis.
 *
 * @param sourceTime by the source's clock
 */
public record Watermark(LogPosition position, Instant sourceTime) {}
