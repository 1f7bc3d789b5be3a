package dev.freshet.cli.check;

import dev.freshet.model.SqlIdentifier;

/**
 * One step that mends a finding, as somebody may run it.
 *
 * @param text a whole statement, command or setting, ready to be copied
 */
public record Mend(Kind kind, String text) {

    /** Where a step is run. */
    public enum Kind {
        /** A statement, with its semicolon, for an administrator of the database that the file names. */
        SQL("sql"),
        /** A setting of {@code freshet.yml}: its path, a colon, and its new value as YAML writes it on one line. */
        SETTING("freshet.yml"),
        /** A parameter of a managed PostgreSQL, set in its provider's console. */
        PARAMETER("parameter"),
        /** A command for {@code redis-cli}. */
        REDIS("redis-cli"),
        /** A command line of Kafka's own tools. */
        KAFKA("kafka"),
        /** What no command does. */
        HAND("by hand");

        private final String word;

        Kind(String word) {
            this.word = word;
        }

        public String word() {
            return word;
        }
    }

    public static final Mend RESTART = hand("restart PostgreSQL");
    public static final Mend RELOAD = sql("SELECT pg_reload_conf();");

    public static Mend sql(String statement) {
        return new Mend(Kind.SQL, statement);
    }

    /** A setting of the server itself. */
    static Mend alterSystem(String name, String value) {
        return sql("ALTER SYSTEM SET " + name + " = " + SqlIdentifier.literal(value) + ";");
    }

    /** Whether it is a whole statement or command line, which a message would only repeat in part. */
    boolean isCommand() {
        return kind == Kind.SQL || kind == Kind.PARAMETER || kind == Kind.KAFKA;
    }

    public static Mend setting(String path, String value) {
        return new Mend(Kind.SETTING, path + ": " + value);
    }

    public static Mend redis(String command) {
        return new Mend(Kind.REDIS, command);
    }

    public static Mend kafka(String command) {
        return new Mend(Kind.KAFKA, command);
    }

    public static Mend hand(String what) {
        return new Mend(Kind.HAND, what);
    }
}
