/** When an offset may be committed: Redis has replied and a snapshot has seen the transaction. */
@NullMarked
package dev.freshet.writer.acknowledge;

import org.jspecify.annotations.NullMarked;
