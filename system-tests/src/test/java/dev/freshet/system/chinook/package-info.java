/** The Chinook database played through the pipeline, key by key. */
@NullMarked
package dev.freshet.system.chinook;

import org.jspecify.annotations.NullMarked;
