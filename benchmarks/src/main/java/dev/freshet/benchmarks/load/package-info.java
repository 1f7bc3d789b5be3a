/** What is played against the source, and how its effect on Redis is seen. */
@NullMarked
package dev.freshet.benchmarks.load;

import org.jspecify.annotations.NullMarked;
