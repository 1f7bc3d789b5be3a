package dev.freshet.demo.api;

/** The API cannot listen where it was told to. */
public final class PortTakenException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public PortTakenException(int port, Throwable cause) {
        super(
                "port " + port + " of 127.0.0.1 cannot be listened on; choose another with --port N, or a free one with"
                        + " --port 0",
                cause);
    }
}
