package dev.freshet.demo.shop;

/** What was to be written names a row that is not there. Nothing was written. */
public final class UnknownRowException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String column;

    UnknownRowException(String column) {
        super(column + " names no row", null, false, false);
        this.column = column;
    }

    /** The column that names it, such as {@code author_id}. */
    public String column() {
        return column;
    }
}
