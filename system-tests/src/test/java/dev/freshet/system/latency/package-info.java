/** How long a change takes, and what waiting for one costs; measured by hand. */
@NullMarked
package dev.freshet.system.latency;

import org.jspecify.annotations.NullMarked;
