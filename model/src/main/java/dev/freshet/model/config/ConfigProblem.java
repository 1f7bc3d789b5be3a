package dev.freshet.model.config;

/**
 * Something in the configuration that must be mended.
 *
 * @param path the names that lead to the place, joined by dots: {@code caches.book.key}; empty for the file as a whole
 * @param line in the file, from 1; 0 where no line can be named
 * @param message what is wrong and what mends it; never holds a secret
 */
public record ConfigProblem(String path, int line, String message) {

    @Override
    public String toString() {
        String place = path.isEmpty() ? "" : path + ": ";
        return (line > 0 ? "line " + line + ": " : "") + place + message;
    }
}
