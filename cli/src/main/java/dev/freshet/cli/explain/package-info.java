/** Which keys one change would touch, and why. */
@NullMarked
package dev.freshet.cli.explain;

import org.jspecify.annotations.NullMarked;
