package dev.freshet.listener;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * What the source said of the slot when it was asked last.
 *
 * @param state empty where it could not be asked
 * @param active whether somebody uses the slot
 * @param retained bytes of WAL that it holds back; empty where there is none
 * @param lag bytes of WAL after what it has confirmed
 */
record SlotMeasure(Optional<State> state, boolean active, OptionalLong retained, OptionalLong lag) {

    static final SlotMeasure UNKNOWN =
            new SlotMeasure(Optional.empty(), false, OptionalLong.empty(), OptionalLong.empty());

    /** The source's own words for what becomes of the slot's WAL, and one for no slot. */
    enum State {
        RESERVED,
        EXTENDED,
        UNRESERVED,
        LOST,
        MISSING
    }
}
