/** Records that could not be applied: how they are kept, listed, tried again and dropped. */
@NullMarked
package dev.freshet.writer.deadletter;

import org.jspecify.annotations.NullMarked;
