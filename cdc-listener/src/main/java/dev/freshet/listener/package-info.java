/** Debezium embedded: from the write-ahead log to Kafka, acknowledged only at transaction boundaries. */
@NullMarked
package dev.freshet.listener;

import org.jspecify.annotations.NullMarked;
