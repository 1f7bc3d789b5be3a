package dev.freshet.stack;

/** A server could not be started, stopped or reached; the message names the place and what mends it. */
public final class StackException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    StackException(String message) {
        super(message);
    }

    StackException(String message, Throwable cause) {
        super(message, cause);
    }
}
