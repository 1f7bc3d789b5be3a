package dev.freshet.writer.plan;

/** A change of which a mapping cannot tell its entries. The message names the mapping and the mend, never a value. */
public final class UnplannableException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    UnplannableException(String message) {
        super(message);
    }
}
