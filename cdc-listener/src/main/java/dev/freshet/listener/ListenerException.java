package dev.freshet.listener;

/** The listener, or a part of it, could not go on: a server cannot be reached, or refused. The root of this module. */
public class ListenerException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public ListenerException(String message) {
        super(message);
    }

    public ListenerException(String message, Throwable cause) {
        super(message, cause);
    }
}
