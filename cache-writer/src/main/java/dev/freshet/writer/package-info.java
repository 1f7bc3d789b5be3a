/** The writer: decode, plan, apply, acknowledge. */
@NullMarked
package dev.freshet.writer;

import org.jspecify.annotations.NullMarked;
