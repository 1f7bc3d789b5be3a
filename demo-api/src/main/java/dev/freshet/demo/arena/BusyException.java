package dev.freshet.demo.arena;

/** What is asked for is under way already, as often as it may be. */
public final class BusyException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    BusyException() {
        super("that is under way already; try again in a moment", null, false, false);
    }
}
