/** What is big, odd, or altered under way. */
@NullMarked
package dev.freshet.system.odd;

import org.jspecify.annotations.NullMarked;
