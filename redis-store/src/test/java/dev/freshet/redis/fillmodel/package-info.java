/**
 * The fill protocol on a Redis Cluster, as a model: every interleaving of a small world, in milliseconds and without a server.
 * It holds what {@code docs/fill-protocol.md} says of a cluster, and each of its orders breaks when it is altered.
 */
@NullMarked
package dev.freshet.redis.fillmodel;

import org.jspecify.annotations.NullMarked;
