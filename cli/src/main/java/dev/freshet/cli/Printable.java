package dev.freshet.cli;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/** Bytes of somebody else's for a terminal: on one line, and without anything that the terminal would obey. */
final class Printable {

    private Printable() {}

    static String of(String text) {
        return of(text.getBytes(StandardCharsets.UTF_8));
    }

    /** As UTF-8; control and format characters and what is no UTF-8 byte by byte as {@code \xNN}, a backslash doubled. */
    static String of(byte[] bytes) {
        StringBuilder out = new StringBuilder(bytes.length);
        ByteBuffer in = ByteBuffer.wrap(bytes);
        CharBuffer decoded = CharBuffer.allocate(2);
        CharsetDecoder decoder = StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        while (in.hasRemaining()) {
            int length = length(in.get(in.position()));
            ByteBuffer one = in.slice(in.position(), Math.min(length, in.remaining()));
            decoder.reset();
            decoded.clear();
            boolean whole = !decoder.decode(one, decoded, true).isError();
            decoded.flip();
            int point = whole && decoded.hasRemaining() ? Character.codePointAt(decoded, 0) : -1;
            if (point == '\\') {
                out.append("\\\\");
            } else if (point >= 0 && isPrintable(point)) {
                out.appendCodePoint(point);
            } else {
                int escaped = whole ? one.limit() : 1;
                for (int i = 0; i < escaped; i++) {
                    out.append(String.format("\\x%02x", one.get(i)));
                }
                in.position(in.position() + escaped);
                continue;
            }
            in.position(in.position() + one.limit());
        }
        return out.toString();
    }

    /** Of the UTF-8 sequence that begins so. */
    private static int length(byte first) {
        if (first >= 0) {
            return 1;
        }
        return (first & 0xE0) == 0xC0 ? 2 : (first & 0xF0) == 0xE0 ? 3 : (first & 0xF8) == 0xF0 ? 4 : 1;
    }

    private static boolean isPrintable(int point) {
        return switch (Character.getType(point)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.UNASSIGNED,
                    Character.PRIVATE_USE -> false;
            default -> true;
        };
    }
}
