package dev.freshet.system.documents;

import java.util.ArrayList;
import java.util.List;

/** As much of the shell's grammar as the documents use: words, quotes, comments, and what ends a command. */
final class Shell {

    private final List<List<String>> commands = new ArrayList<>();
    private List<String> words = new ArrayList<>();
    private final StringBuilder word = new StringBuilder();
    private boolean inWord;

    private Shell() {}

    /** The words of each command, quotes removed; without assignments before a command, and without redirections. */
    static List<List<String>> commands(String script) {
        Shell shell = new Shell();
        shell.read(script.replace("\\\n", " "));
        return shell.commands;
    }

    private void read(String script) {
        char quote = 0;
        for (int i = 0; i < script.length(); i++) {
            char c = script.charAt(i);
            if (quote != 0) {
                if (c == quote) {
                    quote = 0;
                } else {
                    word.append(c);
                }
            } else if (c == '\'' || c == '"') {
                quote = c;
                inWord = true;
            } else if (c == '#' && !inWord) {
                int end = script.indexOf('\n', i);
                i = end < 0 ? script.length() : end - 1;
            } else if (Character.isWhitespace(c)) {
                endWord();
                if (c == '\n') {
                    endCommand();
                }
            } else if ("|;&()".indexOf(c) >= 0) {
                endWord();
                endCommand();
            } else {
                word.append(c);
                inWord = true;
            }
        }
        endWord();
        endCommand();
    }

    private void endWord() {
        if (inWord) {
            words.add(word.toString());
        }
        word.setLength(0);
        inWord = false;
    }

    private void endCommand() {
        while (!words.isEmpty() && words.get(0).matches("\\w+=.*")) {
            words.remove(0);
        }
        words.removeIf(one -> one.matches("[0-9]?[<>].*"));
        if (!words.isEmpty()) {
            commands.add(List.copyOf(words));
        }
        words = new ArrayList<>();
    }
}
