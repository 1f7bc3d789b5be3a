/** The source's catalogue: what columns, types and identity a table has. */
@NullMarked
package dev.freshet.writer.catalogue;

import org.jspecify.annotations.NullMarked;
