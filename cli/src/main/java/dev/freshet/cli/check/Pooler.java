package dev.freshet.cli.check;

/** Tells a connection pooler between us and the server by what it refuses. */
final class Pooler {

    private Pooler() {}

    /** @param reason of a connection that was refused, as the server's message has it */
    static boolean refused(String reason) {
        // PgBouncer's words, and those of others that do as it does; PostgreSQL takes these parameters.
        return reason.contains("unsupported startup parameter");
    }

    static void tell(Findings findings, String reason) {
        findings.because("a pooler hands sessions out anew, and the log is streamed in one that lasts")
                .wrong(
                        "postgres.url",
                        "this is a connection pooler, such as PgBouncer (" + reason
                                + "); name PostgreSQL's own host and port");
    }
}
