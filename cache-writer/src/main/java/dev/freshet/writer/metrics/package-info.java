/** What the writer tells of itself in numbers; names and meaning stand in {@code docs/metrics.md}. */
@NullMarked
package dev.freshet.writer.metrics;

import org.jspecify.annotations.NullMarked;
