package dev.freshet.stack;

/** A Redis 7.0 without a password; what it acknowledged survives {@link #kill()}. */
public interface RedisServer extends Server {

    String host();

    int port();

    /** {@code redis://host:port}. */
    String url();
}
