package dev.freshet.cli;

/** What a command's exit code says. */
final class ExitCode {

    static final int DONE = 0;
    /** The answer is no: a check failed, or a command had to stop. */
    static final int NO = 1;

    static final int USAGE = 2;
    static final int UNREACHABLE = 3;

    private ExitCode() {}
}
