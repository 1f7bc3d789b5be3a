/** {@code freshet bench}: Freshet and its rivals side by side, on the same servers, in one run. */
@NullMarked
package dev.freshet.benchmarks;

import org.jspecify.annotations.NullMarked;
