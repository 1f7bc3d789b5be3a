package dev.freshet.cli.http;

import dev.freshet.model.config.HostPort;

/** The address cannot be served at; the message says why, and what to do. */
public final class AddressTakenException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    AddressTakenException(HostPort address, Throwable cause) {
        super(
                "cannot listen at " + address + ": " + root(cause)
                        + "; choose another address, or port 0 for a free one",
                cause);
    }

    private static String root(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        String message = String.valueOf(root.getMessage());
        return message.equals("null") ? root.getClass().getSimpleName() : message;
    }
}
