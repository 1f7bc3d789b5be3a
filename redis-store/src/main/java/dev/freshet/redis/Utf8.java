package dev.freshet.redis;

import io.lettuce.core.KeyValue;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Text as Redis holds it. */
final class Utf8 {

    private Utf8() {}

    /**
     * @throws IllegalArgumentException for half a surrogate pair, which {@link String#getBytes} would turn into '?', the
     *     name of another key
     */
    static byte[] encode(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                return encodeStrictly(text);
            }
        }
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] encodeStrictly(String text) {
        try {
            ByteBuffer bytes = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
            byte[] exact = new byte[bytes.remaining()];
            bytes.get(exact);
            return exact;
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("a key or value is not Unicode text: it holds half a surrogate pair", e);
        }
    }

    /** For matching only: bytes that are no UTF-8 become U+FFFD, so the text does not always lead back to the bytes. */
    static String decode(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /** Whether {@link #decode} leads back to the bytes. */
    static boolean isText(byte[] bytes) {
        return Arrays.equals(bytes, decode(bytes).getBytes(StandardCharsets.UTF_8));
    }

    /** What stands at a key. */
    static Optional<byte[]> value(KeyValue<byte[], byte[]> told) {
        return told.hasValue() ? Optional.of(told.getValue()) : Optional.empty();
    }

    /** A hash's fields and values, as {@link #decode} reads them. */
    static Map<String, String> texts(Map<byte[], byte[]> fields) {
        Map<String, String> texts = new TreeMap<>();
        fields.forEach((name, value) -> texts.put(decode(name), decode(value)));
        return texts;
    }
}
