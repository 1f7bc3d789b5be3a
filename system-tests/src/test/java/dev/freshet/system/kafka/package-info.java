/** Kafka as people run it: with credentials and rights, on several brokers, under quotas; and a Debezium of their own. */
@NullMarked
package dev.freshet.system.kafka;

import org.jspecify.annotations.NullMarked;
