package dev.freshet.demo.strategy;

import dev.freshet.client.Codec;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** A text that is JSON already, stored as it is. */
final class JsonText implements Codec {

    private static final String ABSENT = "null";

    @Override
    public byte[] encode(Optional<?> value) {
        return value.map(Object::toString).orElse(ABSENT).getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public Optional<Object> decode(byte[] bytes, Type type) {
        String text = new String(bytes, StandardCharsets.UTF_8);
        return text.equals(ABSENT) ? Optional.empty() : Optional.of(text);
    }
}
