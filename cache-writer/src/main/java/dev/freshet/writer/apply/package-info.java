/** From cache actions to Redis commands: one command for a key, many keys in a call. */
@NullMarked
package dev.freshet.writer.apply;

import org.jspecify.annotations.NullMarked;
