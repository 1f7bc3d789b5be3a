/** Five ways to serve the same read. None of them knows that it is judged. */
@NullMarked
package dev.freshet.demo.strategy;

import org.jspecify.annotations.NullMarked;
