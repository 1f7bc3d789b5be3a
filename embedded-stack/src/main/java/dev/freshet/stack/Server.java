package dev.freshet.stack;

/**
 * One running server of an {@link EmbeddedStack}, listening on loopback only.
 *
 * <p>Port and data stay the same through {@link #kill()}, {@link #stop()} and {@link #start()}. All methods are
 * thread-safe and take effect one after another. They throw {@link StackException} when the server does not do what is
 * asked in time.
 */
public interface Server extends AutoCloseable {

    /** Where clients find it, as {@code host:port}. */
    String address();

    /** The process id of the server's main process as this machine knows it; 0 while it does not run. */
    long pid();

    /** Ends it as a power failure of the process would (SIGKILL), and returns when it and its workers are gone. */
    void kill();

    /** Ends it in good order; its data is kept until {@link #close()}. Does nothing when it does not run. */
    void stop();

    /** Starts it again after {@link #kill()} or {@link #stop()}; returns when it answers. Does nothing when it runs. */
    void start();

    /** Ends it for good; what it stored goes too, unless the stack has a data directory. */
    @Override
    void close();
}
