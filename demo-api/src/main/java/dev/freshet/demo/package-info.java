/** The demo: a book catalogue read through Redis, and the whole pipeline in one command. */
@NullMarked
package dev.freshet.demo;

import org.jspecify.annotations.NullMarked;
