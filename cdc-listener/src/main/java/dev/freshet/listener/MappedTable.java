package dev.freshet.listener;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.HexFormat;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A mapped table as the catalogue has it, or that there is none of its name. Immutable.
 *
 * @param oid of the table; 0 where there is none
 * @param publication by which row of the catalogue it is published, and how
 * @param published whether it is
 * @param files the file of the table and of each partition, by their oids
 */
record MappedTable(long oid, String publication, boolean published, SortedMap<Long, Long> files) {

    static final MappedTable ABSENT = new MappedTable(0, "", false, new TreeMap<>());

    private static final int FINGERPRINT_BYTES = 8;

    MappedTable {
        files = Collections.unmodifiableSortedMap(new TreeMap<>(files));
    }

    MappedTable with(SortedMap<Long, Long> newFiles) {
        return new MappedTable(oid, publication, published, newFiles);
    }

    boolean exists() {
        return oid != 0;
    }

    /** Short, and the same for what is the same. */
    String fingerprint() {
        if (!exists()) {
            return "absent";
        }
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256")
                    .digest((oid + " " + publication + " " + files).getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(Arrays.copyOf(hash, FINGERPRINT_BYTES));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** The partitions that came since, where nothing else is different; else empty. */
    Optional<Collection<Long>> onlyGrownSince(MappedTable older) {
        SortedMap<Long, Long> added = new TreeMap<>(files);
        added.keySet().removeAll(older.files.keySet());
        SortedMap<Long, Long> kept = new TreeMap<>(files);
        kept.keySet().removeAll(added.keySet());
        boolean grown =
                exists() && oid == older.oid && publication.equals(older.publication) && kept.equals(older.files);
        return grown ? Optional.of(added.keySet()) : Optional.empty();
    }

    /** What happened since, for people. */
    String differenceFrom(MappedTable older) {
        if (!exists()) {
            return "was dropped";
        }
        if (oid != older.oid) {
            return older.exists() ? "was replaced by another of its name" : "was created";
        }
        if (!publication.equals(older.publication)) {
            return published ? "is published in another way" : "is no longer published";
        }
        return files.keySet().equals(older.files.keySet()) ? "was truncated or rewritten" : "has other partitions";
    }
}
