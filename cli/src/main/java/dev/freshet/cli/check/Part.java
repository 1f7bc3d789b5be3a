package dev.freshet.cli.check;

import java.util.EnumSet;
import java.util.Set;

/** What a command depends on, and so has checked. */
public enum Part {
    /** The mapped tables, their columns, and what they tell of old rows. */
    TABLES,
    /** What capturing needs of the server and of the role. */
    CAPTURE,
    /** The publication and the slot, or the right to make them. */
    PUBLICATION,
    KAFKA,
    /** The topics that a listener writes, or the right to make them. */
    PUBLISHING,
    /** The topics and the group that a writer reads, and the topic that it writes. */
    CONSUMING,
    /** That a {@code run} works an embedded broker, where the file names no Kafka. */
    BROKER,
    REDIS;

    public static final Set<Part> LISTENER = Set.of(TABLES, CAPTURE, PUBLICATION, KAFKA, PUBLISHING, BROKER);
    public static final Set<Part> WRITER = Set.of(TABLES, KAFKA, CONSUMING, BROKER, REDIS);
    public static final Set<Part> RUN = Set.copyOf(EnumSet.complementOf(EnumSet.of(BROKER)));

    /** Reads what a writer reads, in no group, and parks nothing. */
    public static final Set<Part> REPLAY = Set.of(TABLES, KAFKA, BROKER, REDIS);

    /** A trial run makes a slot and a publication of its own, and touches neither Kafka nor Redis. */
    public static final Set<Part> DRY_RUN = Set.of(TABLES, CAPTURE);
}
