package dev.freshet.demo.api;

import dev.freshet.client.Codec;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Cached answers are JSON objects, handed on as they stand in Redis. Absence is never cached here. Thread-safe. */
final class JsonText implements Codec {

    private static final String ABSENCE = "null";

    @Override
    public byte[] encode(Optional<?> value) {
        return value.map(String.class::cast).orElse(ABSENCE).getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public Optional<Object> decode(byte[] bytes, Type type) {
        if (bytes.length == 0 || bytes[0] != '{') {
            throw new CodecException("a cached value is no JSON object", new IllegalArgumentException("no brace"));
        }
        return Optional.of(new String(bytes, StandardCharsets.UTF_8));
    }
}
