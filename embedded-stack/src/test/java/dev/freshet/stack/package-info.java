/** Tests of the stack against the servers that it starts. */
@NullMarked
package dev.freshet.stack;

import org.jspecify.annotations.NullMarked;
