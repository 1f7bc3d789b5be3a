/** The same reads, served by each strategy at once, under a load that can be set; and what came of it. */
@NullMarked
package dev.freshet.demo.arena;

import org.jspecify.annotations.NullMarked;
