/** How fresh the caches are and, where they are not, which stage is behind: facts from the servers, and a judgement. */
@NullMarked
package dev.freshet.cli.status;

import org.jspecify.annotations.NullMarked;
