package dev.freshet.system.chinook;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A psql script taken apart into statements. Knows strings, quoted names, dollar quotes and comments; leaves out what
 * only psql understands, and what makes or drops a database.
 */
final class SqlScript {

    private final String text;
    private final List<String> statements = new ArrayList<>();
    private final StringBuilder statement = new StringBuilder();
    private int at;

    private SqlScript(String text) {
        this.text = text;
    }

    static List<String> statements(String text) {
        SqlScript script = new SqlScript(text);
        while (script.at < text.length()) {
            script.step();
        }
        script.end();
        return script.statements;
    }

    private void step() {
        char c = text.charAt(at);
        if (text.startsWith("--", at)) {
            skipLine();
        } else if (c == '\\' && statement.toString().isBlank()) {
            skipLine();
        } else if (text.startsWith("/*", at)) {
            skipComment();
        } else if (c == '\'') {
            quoted('\'', statement.length() > 0 && isEscapeString());
        } else if (c == '"') {
            quoted('"', false);
        } else if (c == '$' && dollarTag().length() > 0) {
            dollarQuoted(dollarTag());
        } else if (c == ';') {
            at++;
            end();
        } else {
            statement.append(c);
            at++;
        }
    }

    private void skipLine() {
        int end = text.indexOf('\n', at);
        at = end < 0 ? text.length() : end;
    }

    private void skipComment() {
        int depth = 0;
        do {
            if (text.startsWith("/*", at)) {
                depth++;
                at += 2;
            } else if (text.startsWith("*/", at)) {
                depth--;
                at += 2;
            } else {
                at++;
            }
        } while (depth > 0 && at < text.length());
        statement.append(' ');
    }

    private boolean isEscapeString() {
        char last = statement.charAt(statement.length() - 1);
        return last == 'E' || last == 'e';
    }

    private void quoted(char quote, boolean escapes) {
        int end = at + 1;
        while (end < text.length() && text.charAt(end) != quote) {
            end += escapes && text.charAt(end) == '\\' ? 2 : 1;
        }
        // A doubled quote ends one string and begins the next: the text comes out the same.
        statement.append(text, at, Math.min(end + 1, text.length()));
        at = end + 1;
    }

    private String dollarTag() {
        int end = text.indexOf('$', at + 1);
        if (end < 0) {
            return "";
        }
        String tag = text.substring(at, end + 1);
        return tag.matches("\\$([A-Za-z_][A-Za-z_0-9]*)?\\$") ? tag : "";
    }

    private void dollarQuoted(String tag) {
        int end = text.indexOf(tag, at + tag.length());
        int after = end < 0 ? text.length() : end + tag.length();
        statement.append(text, at, after);
        at = after;
    }

    private void end() {
        String sql = statement.toString().strip();
        statement.setLength(0);
        String start = sql.toUpperCase(Locale.ROOT).replaceAll("\\s+", " ");
        if (!sql.isEmpty() && !start.startsWith("CREATE DATABASE") && !start.startsWith("DROP DATABASE")) {
            statements.add(sql);
        }
    }
}
