/** What the writer does when something fails: retry, park or stop. */
@NullMarked
package dev.freshet.writer.failure;

import org.jspecify.annotations.NullMarked;
