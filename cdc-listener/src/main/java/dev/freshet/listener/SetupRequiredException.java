package dev.freshet.listener;

import java.util.List;

/**
 * The source needs what the listener's role may not do itself, or should not do unasked. Waiting does not mend it;
 * the SQL, or a command, does, run by an administrator.
 */
public final class SetupRequiredException extends ListenerException {
    private static final long serialVersionUID = 1;

    private final List<String> problems;
    private final List<String> sql;

    public SetupRequiredException(List<String> problems, List<String> sql) {
        super(String.join("; ", problems) + (sql.isEmpty() ? "" : ". To mend it, run:\n" + String.join("\n", sql)));
        this.problems = List.copyOf(problems);
        this.sql = List.copyOf(sql);
    }

    /** Every problem found, each in one sentence. */
    public List<String> problems() {
        return problems;
    }

    /**
     * The statements that mend them, in order, each with its semicolon, or command lines of Kafka's; empty where neither
     * does.
     */
    public List<String> sql() {
        return sql;
    }
}
