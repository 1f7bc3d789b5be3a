package dev.freshet.writer.deadletter;

import dev.freshet.model.TableId;
import dev.freshet.writer.decode.UndecodableException;
import dev.freshet.writer.plan.UnplannableException;
import java.util.Arrays;
import java.util.Set;

/**
 * Why a record could not be applied, for people; holds no value of the record. Immutable.
 *
 * @param tables that the record's topic is named after; none where it is not a table's
 */
public record Why(Set<TableId> tables, String causeClass, String causeMessage) {

    public Why {
        tables = Set.copyOf(tables);
    }

    /** Only our own messages are known to quote nothing; of other failures the place tells the developer enough. */
    public static Why of(Throwable failure, Set<TableId> tables) {
        String message = failure instanceof UndecodableException || failure instanceof UnplannableException
                ? String.valueOf(failure.getMessage())
                : Arrays.stream(failure.getStackTrace())
                        .filter(frame -> frame.getClassName().startsWith("dev.freshet."))
                        .findFirst()
                        .map(frame -> "thrown below " + frame)
                        .orElse("thrown outside our code");
        return new Why(tables, failure.getClass().getSimpleName(), message);
    }

    @Override
    public String toString() {
        return causeClass + ": " + causeMessage;
    }
}
