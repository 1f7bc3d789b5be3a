package dev.freshet.model;

import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Where a change comes from.
 *
 * @param transaction the top-level transaction's id as the log has it, 32 bits; empty where the record names none
 * @param position empty where the record's {@code sequence} is missing or incomplete: its order is not known
 * @param committed the source's commit time, microseconds at best
 */
public record Origin(OptionalLong transaction, Optional<Position> position, Instant committed) {}
