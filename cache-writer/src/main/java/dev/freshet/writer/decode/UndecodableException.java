package dev.freshet.writer.decode;

/**
 * A record that holds no row change that could be read. The message names the place, never a value; there is no cause,
 * since the messages of parsers quote what they read.
 */
public final class UndecodableException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public UndecodableException(String message) {
        super(message);
    }
}
