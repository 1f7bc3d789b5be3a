package dev.freshet.system.documents;

import java.util.List;
import java.util.Set;

/**
 * A fenced block of a document. Immutable.
 *
 * @param place its document and line, for messages
 */
record Block(String place, String language, String text, Notes notes) {

    private static final Set<String> COMMANDS = Set.of("sh", "sql", "redis");

    boolean isShell() {
        return language.equals("sh");
    }

    boolean isYaml() {
        return language.equals("yaml");
    }

    /** Whether trying the document does something for it. */
    boolean isTried() {
        return notes.notHere().isEmpty()
                && (COMMANDS.contains(language) || notes.file().isPresent());
    }

    /** The words of each of its shell commands. */
    List<List<String>> commands() {
        return Shell.commands(text);
    }

    @Override
    public String toString() {
        return place;
    }
}
