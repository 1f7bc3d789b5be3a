/** How the logs are written. */
@NullMarked
package dev.freshet.cli.log;

import org.jspecify.annotations.NullMarked;
