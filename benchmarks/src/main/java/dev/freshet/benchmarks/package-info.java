/** Measurements side by side in one run. No test asserts what they say. */
@NullMarked
package dev.freshet.benchmarks;

import org.jspecify.annotations.NullMarked;
