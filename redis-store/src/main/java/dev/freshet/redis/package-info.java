/** The one owner of the Redis layout: scripts, fences, leases, positions. Redis commands stand nowhere else. */
@NullMarked
package dev.freshet.redis;

import org.jspecify.annotations.NullMarked;
