/** The product as users run it: a child process, its configuration file, its standard output. */
@NullMarked
package dev.freshet.system.process;

import org.jspecify.annotations.NullMarked;
