package dev.freshet.writer.place;

import dev.freshet.model.CacheMapping;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.TreeSet;

/** Tells a mapping from another of its name: the same in every JVM, and another wherever other changes select other keys. */
final class MappingDigest {

    private MappingDigest() {}

    static String of(CacheMapping mapping) {
        // How long a value lives and when it is deleted a second time says nothing about which values are fresh.
        String text = String.join(
                "\u0000",
                mapping.table().toString(),
                mapping.target().toString(),
                mapping.onChange().toString(),
                new TreeSet<>(mapping.columns()).toString(),
                mapping.when().toString(),
                Boolean.toString(mapping.safeFills()));
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
