/** Reads through cache-client, with the pipeline beside it, judged from outside. */
@NullMarked
package dev.freshet.system.reads;

import org.jspecify.annotations.NullMarked;
