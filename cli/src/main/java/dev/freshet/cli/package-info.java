/** The command line: the one place where the parts are put together. */
@NullMarked
package dev.freshet.cli;

import org.jspecify.annotations.NullMarked;
