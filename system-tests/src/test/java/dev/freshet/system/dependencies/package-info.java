/** What is shipped beside our own code, and under which licence. */
@NullMarked
package dev.freshet.system.dependencies;

import org.jspecify.annotations.NullMarked;
