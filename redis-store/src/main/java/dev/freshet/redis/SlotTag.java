package dev.freshet.redis;

import io.lettuce.core.cluster.SlotHash;
import io.lettuce.core.codec.CRC16;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToIntFunction;

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

    /** A short text that hashes to the slot: in braces, it puts a key there. */
    static String ofSlot(int slot) {
        return ShortTexts.BY_SLOT[slot];
    }

    /** The slot that a key of Redis belongs to. */
    static int slot(byte[] key) {
        return SlotHash.getSlot(key);
    }

    static int slot(String key) {
        return slot(Utf8.encode(key));
    }

    /** The things of each slot, in their order. */
    static <T> Collection<List<T>> bySlot(Collection<T> things, ToIntFunction<T> slot) {
        Map<Integer, List<T>> bySlot = new LinkedHashMap<>();
        things.forEach(thing -> bySlot.computeIfAbsent(slot.applyAsInt(thing), first -> new ArrayList<>())
                .add(thing));
        return bySlot.values();
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
