/** From a row change to cache actions: pure, no clock, no I/O. */
@NullMarked
package dev.freshet.writer.plan;

import org.jspecify.annotations.NullMarked;
