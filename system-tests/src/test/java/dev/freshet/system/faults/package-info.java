/** Every fault that the pipeline can meet, drawn by seed, and a judge of what it leaves in the cache. */
@NullMarked
package dev.freshet.system.faults;

import org.jspecify.annotations.NullMarked;
