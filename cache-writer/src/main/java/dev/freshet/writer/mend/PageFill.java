package dev.freshet.writer.mend;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Fills the entries of some rows. Confined to one thread. */
interface PageFill {

    /** What the rows must tell. */
    Set<String> columns();

    /**
     * Fills what is a miss.
     *
     * @param page rows in the order of their keys, not empty
     * @param after the key before the first
     * @return what became of them; the rows themselves are not counted
     */
    Warm.Tally fill(List<TablePages.Line> page, Optional<List<String>> after);

    /** About how many bytes the last page's values took. */
    long bytes();
}
