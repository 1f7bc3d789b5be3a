package dev.freshet.writer.catalogue;

/** PostgreSQL could not be asked, or refused the question. The same question may be answered later. */
public final class SourceUnavailableException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public SourceUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
