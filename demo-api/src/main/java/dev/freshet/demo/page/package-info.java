/** The page that shows the comparison live, and what it asks for. */
@NullMarked
package dev.freshet.demo.page;

import org.jspecify.annotations.NullMarked;
