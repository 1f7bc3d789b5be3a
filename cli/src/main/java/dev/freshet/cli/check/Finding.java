package dev.freshet.cli.check;

import dev.freshet.model.config.ConfigProblem;
import java.util.List;

/**
 * One thing that a check found.
 *
 * @param place where the configuration names what it is about, with what is wrong and what mends it
 * @param why what it leads to
 * @param mends the steps that mend it, in an order that works; empty where the message tells what only a person decides
 */
public record Finding(Severity severity, ConfigProblem place, String why, List<Mend> mends) {

    /** What a finding means for the start. */
    public enum Severity {
        /** Worth knowing; nothing has to be done. */
        NOTE,
        /** Works, until something happens that should be survived. */
        WARNING,
        /** A server could not be reached: it may be later. */
        UNREACHABLE,
        /** Does not work until it is mended. */
        WRONG
    }

    public Finding {
        mends = List.copyOf(mends);
    }

    /** The steps that are statements, each with its semicolon. */
    public List<String> sql() {
        return mends.stream()
                .filter(mend -> mend.kind() == Mend.Kind.SQL)
                .map(Mend::text)
                .toList();
    }
}
