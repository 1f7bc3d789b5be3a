/** Values from PostgreSQL through Debezium to keys: printed as the database prints them. */
@NullMarked
package dev.freshet.system.printing;

import org.jspecify.annotations.NullMarked;
