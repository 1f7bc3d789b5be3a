/** Attaching to servers and a schema that the product has never seen, and leaving them again. */
@NullMarked
package dev.freshet.system.attach;

import org.jspecify.annotations.NullMarked;
