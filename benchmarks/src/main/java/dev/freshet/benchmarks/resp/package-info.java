/** The least that speaks to Redis: a client library's own cost would be measured with the rest. */
@NullMarked
package dev.freshet.benchmarks.resp;

import org.jspecify.annotations.NullMarked;
