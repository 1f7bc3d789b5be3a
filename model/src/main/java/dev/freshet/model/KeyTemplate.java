package dev.freshet.model;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * A key template such as {@code user:{tenant_id}:{id}}: literal text and columns in braces. A literal brace is written
 * twice. Immutable.
 */
public final class KeyTemplate {

    /** A part of a template: text as it stands, or a column. */
    private record Part(boolean column, String text) {}

    private final String source;
    private final List<Part> parts;

    private KeyTemplate(String source, List<Part> parts) {
        this.source = source;
        this.parts = List.copyOf(parts);
    }

    /**
     * Parses a template. Whether its columns exist is not known here: {@link #columns()} tells which it needs.
     *
     * @throws IllegalArgumentException with a message for people: an empty template, an unclosed or empty brace
     */
    public static KeyTemplate parse(String source) {
        if (source.isEmpty()) {
            throw new IllegalArgumentException("the template is empty");
        }
        List<Part> parts = new ArrayList<>();
        StringBuilder literal = new StringBuilder();
        int i = 0;
        while (i < source.length()) {
            char c = source.charAt(i);
            boolean doubled = i + 1 < source.length() && source.charAt(i + 1) == c;
            if ((c == '{' || c == '}') && doubled) {
                literal.append(c);
                i += 2;
            } else if (c == '{') {
                int end = source.indexOf('}', i);
                if (end < 0) {
                    throw new IllegalArgumentException("'{' at character " + (i + 1) + " is never closed by '}'");
                }
                if (end == i + 1) {
                    throw new IllegalArgumentException("'{}' at character " + (i + 1) + " names no column");
                }
                if (literal.length() > 0) {
                    parts.add(new Part(false, literal.toString()));
                    literal.setLength(0);
                }
                parts.add(new Part(true, source.substring(i + 1, end)));
                i = end + 1;
            } else if (c == '}') {
                throw new IllegalArgumentException(
                        "'}' at character " + (i + 1) + " closes nothing; write '}}' for a brace");
            } else {
                literal.append(c);
                i++;
            }
        }
        if (literal.length() > 0) {
            parts.add(new Part(false, literal.toString()));
        }
        return new KeyTemplate(source, parts);
    }

    /** The columns that the template names, in order, each once. */
    public Set<String> columns() {
        Set<String> columns = new LinkedHashSet<>();
        parts.stream().filter(Part::column).map(Part::text).forEach(columns::add);
        return columns;
    }

    /** The text before the first column; empty where the template starts with one. */
    public String literalPrefix() {
        return parts.get(0).column() ? "" : parts.get(0).text();
    }

    /** What a row image makes of this template. A null column outranks an unknown one: it makes no key either way. */
    public Rendered render(Row row) {
        StringBuilder key = new StringBuilder();
        boolean unknown = false;
        for (Part part : parts) {
            if (!part.column()) {
                key.append(part.text());
                continue;
            }
            Cell cell = row.cell(part.text());
            if (cell instanceof Cell.Null) {
                return new Rendered.NoKey(part.text());
            } else if (cell instanceof Cell.Known known) {
                key.append(known.text());
            } else {
                unknown = true;
            }
        }
        return unknown ? new Rendered.Unknown(scan(row, column -> ".*")) : new Rendered.Key(key.toString());
    }

    /**
     * The keys that this template can make of rows like {@code row}: known columns as they stand, every other column
     * anything that {@code form} allows.
     *
     * @param form by column, the regular expression of the column's printed form
     */
    public KeyScan scan(Row row, Function<String, String> form) {
        StringBuilder glob = new StringBuilder();
        StringBuilder regex = new StringBuilder();
        for (Part part : parts) {
            String literal = part.text();
            if (part.column()) {
                if (row.cell(part.text()) instanceof Cell.Known known) {
                    literal = known.text();
                } else {
                    glob.append('*');
                    regex.append("(?:").append(form.apply(part.text())).append(')');
                    continue;
                }
            }
            glob.append(escapeGlob(literal));
            regex.append(Pattern.quote(literal));
        }
        return new KeyScan(glob.toString(), Pattern.compile(regex.toString(), Pattern.DOTALL));
    }

    /** The text as a Redis glob that matches it alone. */
    public static String escapeGlob(String text) {
        StringBuilder glob = new StringBuilder(text.length() + 8);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '*' || c == '?' || c == '[' || c == ']' || c == '\\' || c == '^' || c == '-') {
                glob.append('\\');
            }
            glob.append(c);
        }
        return glob.toString();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof KeyTemplate that && source.equals(that.source);
    }

    @Override
    public int hashCode() {
        return source.hashCode();
    }

    /** The template as it was written. */
    @Override
    public String toString() {
        return source;
    }

    /** What a row image makes of a template. */
    public sealed interface Rendered {

        record Key(String key) implements Rendered {}

        /** A null column: the row has no key here. */
        record NoKey(String nullColumn) implements Rendered {}

        /** A column is unknown: any of these keys may be the one. */
        record Unknown(KeyScan scan) implements Rendered {}
    }
}
