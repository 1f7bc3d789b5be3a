/** The whole product, from outside. */
@NullMarked
package dev.freshet.system;

import org.jspecify.annotations.NullMarked;
