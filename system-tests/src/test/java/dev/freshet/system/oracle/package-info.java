/** What must go, derived from table contents alone: the judge, which shares no code with what it judges. */
@NullMarked
package dev.freshet.system.oracle;

import org.jspecify.annotations.NullMarked;
