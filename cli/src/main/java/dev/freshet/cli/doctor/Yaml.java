package dev.freshet.cli.doctor;

/** Text as the configuration file takes it. */
final class Yaml {

    private Yaml() {}

    /** In double quotes, so that braces, colons and stars are text. */
    static String quoted(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
}
