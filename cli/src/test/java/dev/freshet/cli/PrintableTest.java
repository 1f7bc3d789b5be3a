package dev.freshet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class PrintableTest {

    private static final long SEED = 20261121;

    @Test
    void textStaysAsItIs() {
        String text = "{\"id\": 7, \"title\": \"\u00c9t\u00e9 \u20ac \ud83d\ude00\"}";
        assertThat(Printable.of(text)).isEqualTo(text);
    }

    @Test
    void nothingReachesTheTerminalThatItWouldObey() {
        assertThat(Printable.of("a\u001b[2Jb\r\n\t\0")).isEqualTo("a\\x1b[2Jb\\x0d\\x0a\\x09\\x00");
        assertThat(Printable.of("a\u202eb\u2028")).isEqualTo("a\\xe2\\x80\\xaeb\\xe2\\x80\\xa8");
        assertThat(Printable.of("c:\\x")).isEqualTo("c:\\\\x");
    }

    @Test
    void whatIsNoUtf8IsTold() {
        assertThat(Printable.of(new byte[] {'a', (byte) 0xff, 'b', (byte) 0xc3}))
                .isEqualTo("a\\xffb\\xc3");
        assertThat(Printable.of(new byte[] {(byte) 0xe2, 'x', (byte) 0x82})).isEqualTo("\\xe2x\\x82");
        assertThat(Printable.of(new byte[] {(byte) 0xed, (byte) 0xa0, (byte) 0x80}))
                .isEqualTo("\\xed\\xa0\\x80");
    }

    @Test
    void theBytesCanBeReadBack() {
        Random random = new Random(SEED);
        for (int i = 0; i < 10_000; i++) {
            byte[] bytes = new byte[random.nextInt(12)];
            random.nextBytes(bytes);
            assertThat(bytes(Printable.of(bytes)))
                    .as("seed %d, text %d", SEED, i)
                    .isEqualTo(bytes);
        }
    }

    private static byte[] bytes(String printed) {
        java.io.ByteArrayOutputStream bytes = new java.io.ByteArrayOutputStream();
        for (int i = 0; i < printed.length(); ) {
            if (printed.startsWith("\\x", i)) {
                bytes.write(Integer.parseInt(printed.substring(i + 2, i + 4), 16));
                i += 4;
            } else if (printed.startsWith("\\\\", i)) {
                bytes.write('\\');
                i += 2;
            } else {
                int point = printed.codePointAt(i);
                bytes.writeBytes(Character.toString(point).getBytes(StandardCharsets.UTF_8));
                i += Character.charCount(point);
            }
        }
        return bytes.toByteArray();
    }
}
