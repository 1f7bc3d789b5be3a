/** Processes killed at chosen moments, and what must be gone all the same. */
@NullMarked
package dev.freshet.system.crash;

import org.jspecify.annotations.NullMarked;
