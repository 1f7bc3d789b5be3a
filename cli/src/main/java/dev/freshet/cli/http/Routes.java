package dev.freshet.cli.http;

import io.javalin.config.JavalinConfig;

/** Something that is served. */
@FunctionalInterface
public interface Routes {

    /** Adds handlers, before the server starts. They are called by the server's threads, several at a time. */
    void configure(JavalinConfig server);
}
