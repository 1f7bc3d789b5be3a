package dev.freshet.writer;

/** The writer met what it must not pass over, and stopped at that record without acknowledging it. */
public final class WriterStoppedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public WriterStoppedException(String message, Throwable cause) {
        super(message, cause);
    }
}
