package dev.freshet.cli.check;

import dev.freshet.model.config.ConfigProblem;
import java.util.List;

/**
 * One thing that a check found.
 *
 * @param place where the configuration names what it is about, with what is wrong and what mends it
 * @param sql the statements that mend it, each with its semicolon; empty where none does
 */
public record Finding(Severity severity, ConfigProblem place, List<String> sql) {

    /** What a finding means for the start. */
    public enum Severity {
        /** Worth knowing; nothing has to be done. */
        NOTE,
        /** A server could not be reached: it may be later. */
        UNREACHABLE,
        /** Does not work until it is mended. */
        WRONG
    }

    public Finding {
        sql = List.copyOf(sql);
    }
}
