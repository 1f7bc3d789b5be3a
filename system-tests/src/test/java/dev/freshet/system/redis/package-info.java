/** Redis as people run it: behind sentinels. */
@NullMarked
package dev.freshet.system.redis;

import org.jspecify.annotations.NullMarked;
