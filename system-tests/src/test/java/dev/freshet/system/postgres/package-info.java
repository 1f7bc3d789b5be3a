/** PostgreSQL as people run it: its versions, TLS, a standby that takes over; always with the role of least rights. */
@NullMarked
package dev.freshet.system.postgres;

import org.jspecify.annotations.NullMarked;
