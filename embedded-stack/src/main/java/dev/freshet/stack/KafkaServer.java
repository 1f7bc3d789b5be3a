package dev.freshet.stack;

/** A Kafka of one node, its own controller, which creates no topic unasked. */
public interface KafkaServer extends Server {

    /** What a client's {@code bootstrap.servers} takes. */
    String bootstrapServers();
}
