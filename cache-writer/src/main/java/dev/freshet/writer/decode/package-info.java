/** From a record on Kafka to a row change: nothing of JSON goes past this room. */
@NullMarked
package dev.freshet.writer.decode;

import org.jspecify.annotations.NullMarked;
