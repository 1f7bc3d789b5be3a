package dev.freshet.redis;

import io.lettuce.core.codec.CRC16;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The text that, in braces, hashes to a key's own cluster slot: the key's hash tag where it has one, else the key, else,
 * where a brace in it would end the tag early, a short text of equal slot.
 */
final class SlotTag {

    static final int SLOTS = 16384;

    private SlotTag() {}

    static String of(String key) {
        int open = key.indexOf('{');
        if (open >= 0) {
            int close = key.indexOf('}', open + 1);
            if (close > open + 1) {
                return key.substring(open + 1, close);
            }
        }
        // Redis hashes the whole key. An empty tag is none, and a closing brace would cut it short.
        return key.isEmpty() || key.indexOf('}') >= 0 ? ShortTexts.BY_SLOT[hash(key)] : key;
    }

    /** The slot of a text that is hashed as a whole. */
    private static int hash(String text) {
        return CRC16.crc16(Utf8.encode(text)) % SLOTS;
    }

    /** Computed once, when the first key needs one: of each slot the first number, in base 36, that hashes to it. */
    private static final class ShortTexts {

        static final String[] BY_SLOT = compute();

        private static String[] compute() {
            String[] bySlot = new String[SLOTS];
            Arrays.fill(bySlot, "");
            int missing = SLOTS;
            for (int number = 0; missing > 0; number++) {
                String text = Integer.toString(number, 36);
                int slot = CRC16.crc16(text.getBytes(StandardCharsets.US_ASCII)) % SLOTS;
                if (bySlot[slot].isEmpty()) {
                    bySlot[slot] = text;
                    missing--;
                }
            }
            return bySlot;
        }
    }
}
