/** Where the writer stands in each partition: what Kafka and Redis remember of it, and what follows where they differ. */
@NullMarked
package dev.freshet.writer.place;

import org.jspecify.annotations.NullMarked;
