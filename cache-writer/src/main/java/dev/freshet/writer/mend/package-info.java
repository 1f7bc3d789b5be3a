/** What an operator mends caches with: replaying changes, flushing, and filling from the tables. */
@NullMarked
package dev.freshet.writer.mend;

import org.jspecify.annotations.NullMarked;
