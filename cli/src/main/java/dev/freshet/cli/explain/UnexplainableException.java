package dev.freshet.cli.explain;

/** What was asked cannot be explained; the message says why, to who asked. It may repeat what was asked. */
public final class UnexplainableException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String field;

    UnexplainableException(String field, String message) {
        super(message);
        this.field = field;
    }

    /** What is wrong: {@code table}, {@code before} or {@code after}. */
    public String field() {
        return field;
    }
}
