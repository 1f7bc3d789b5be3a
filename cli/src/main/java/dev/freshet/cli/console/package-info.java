/** The web page that the writer serves: where the pipeline stands, what was parked, and what a change would touch. */
@NullMarked
package dev.freshet.cli.console;

import org.jspecify.annotations.NullMarked;
