package dev.freshet.writer.catalogue;

import dev.freshet.model.TableId;
import dev.freshet.model.TableShape;
import java.util.Optional;

/** What the source's catalogue says of a table. Implementations state whether they are thread-safe. */
public interface Catalogue {

    /**
     * The table as it is now; empty where there is no such table.
     *
     * @throws SourceUnavailableException where the source cannot be asked
     */
    Optional<TableShape> shape(TableId table);
}
