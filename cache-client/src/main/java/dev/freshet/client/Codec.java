package dev.freshet.client;

import java.lang.reflect.Type;
import java.util.Optional;

/**
 * Between values and the bytes at their keys, which other languages read too. Absence has bytes of its own. Thread-safe.
 */
public interface Codec {

    /** @throws CodecException where the value cannot be encoded */
    byte[] encode(Optional<?> value);

    /**
     * The value; empty for an absence that was cached. It must be of the given type.
     *
     * @throws CodecException where the bytes are no such value
     */
    Optional<Object> decode(byte[] bytes, Type type);

    /** A value that cannot be encoded or decoded. Its message holds nothing of the value. */
    final class CodecException extends RuntimeException {
        private static final long serialVersionUID = 1;

        public CodecException(String message, Throwable cause) {
            super(message, cause);
        }
    }
}
