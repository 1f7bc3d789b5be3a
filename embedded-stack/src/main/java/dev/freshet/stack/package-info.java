/** Real PostgreSQL, Redis and Kafka for tests, the demo and single-machine runs: from Maven artifacts, or from containers. */
@NullMarked
package dev.freshet.stack;

import org.jspecify.annotations.NullMarked;
