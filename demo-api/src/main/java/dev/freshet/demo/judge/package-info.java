/** Judges what was read by what PostgreSQL acknowledged. Knows nothing of how it was cached. */
@NullMarked
package dev.freshet.demo.judge;

import org.jspecify.annotations.NullMarked;
