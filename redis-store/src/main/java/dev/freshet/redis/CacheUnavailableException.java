package dev.freshet.redis;

/**
 * Redis did not do what was asked: away, slow, or refusing. What was asked must be asked again. Message and cause never
 * hold a key, a value or a credential.
 */
public final class CacheUnavailableException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public CacheUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
