package dev.freshet.model;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * A query with named parameters, {@code :order_id}, as JDBC takes it. Immutable.
 *
 * @param source the query as it was written
 * @param names the parameter at each place, in order; a name may come more than once
 * @param pieces the text around the places: one more than there are names
 */
public record NamedQuery(String source, List<String> names, List<String> pieces) {

    public NamedQuery {
        names = List.copyOf(names);
        pieces = List.copyOf(pieces);
    }

    /**
     * Finds the parameters. A colon within quotes, a quoted name, a comment or a cast ({@code ::}) is none.
     *
     * @throws IllegalArgumentException with a message for people, where a quote or comment never ends
     */
    public static NamedQuery parse(String sql) {
        List<String> names = new ArrayList<>();
        List<String> pieces = new ArrayList<>();
        StringBuilder piece = new StringBuilder();
        int i = 0;
        while (i < sql.length()) {
            int skipped = opaqueEnd(sql, i);
            if (skipped > i) {
                piece.append(sql, i, skipped);
                i = skipped;
            } else if (sql.charAt(i) == ':' && i + 1 < sql.length() && isNameStart(sql.charAt(i + 1))) {
                int end = i + 2;
                while (end < sql.length() && isNamePart(sql.charAt(end))) {
                    end++;
                }
                names.add(sql.substring(i + 1, end));
                pieces.add(piece.toString());
                piece.setLength(0);
                i = end;
            } else {
                piece.append(sql.charAt(i++));
            }
        }
        pieces.add(piece.toString());
        return new NamedQuery(sql, names, pieces);
    }

    /**
     * The query as JDBC takes it: each parameter is what {@code place} makes of its name, which holds one question mark;
     * a question mark of the query's own is an operator and is written twice. Without a semicolon at its end.
     */
    public String jdbc(UnaryOperator<String> place) {
        StringBuilder sql = new StringBuilder();
        for (int i = 0; i < pieces.size(); i++) {
            appendEscaped(sql, pieces.get(i));
            if (i < names.size()) {
                sql.append(place.apply(names.get(i)));
            }
        }
        String text = sql.toString().stripTrailing();
        return text.endsWith(";") ? text.substring(0, text.length() - 1) : text;
    }

    private static void appendEscaped(StringBuilder sql, String piece) {
        int i = 0;
        while (i < piece.length()) {
            int skipped = opaqueEnd(piece, i);
            if (skipped > i) {
                sql.append(piece, i, skipped);
                i = skipped;
            } else {
                char c = piece.charAt(i++);
                sql.append(c == '?' ? "??" : c);
            }
        }
    }

    private static boolean isNameStart(char c) {
        return Character.isLetter(c) || c == '_';
    }

    private static boolean isNamePart(char c) {
        return Character.isLetterOrDigit(c) || c == '_';
    }

    /** The end of what starts at {@code i} and holds no parameter, or {@code i}. */
    private static int opaqueEnd(String sql, int i) {
        if (sql.startsWith("::", i)) {
            return i + 2;
        }
        if (sql.startsWith("--", i)) {
            int end = sql.indexOf('\n', i);
            return end < 0 ? sql.length() : end;
        }
        if (sql.startsWith("/*", i)) {
            return endOfComment(sql, i);
        }
        char c = sql.charAt(i);
        if (isNamePart(c)) {
            return endOfWord(sql, i);
        }
        if (c == '\'' || c == '"') {
            return endOf(sql, i, String.valueOf(c), i + 1);
        }
        if (c == '$') {
            int tagEnd = sql.indexOf('$', i + 1);
            if (tagEnd > 0 && isTag(sql.substring(i + 1, tagEnd))) {
                return endOf(sql, i, sql.substring(i, tagEnd + 1), tagEnd + 1);
            }
        }
        return i;
    }

    /** A word may hold dollar signs; an E before a quote makes backslashes escape. */
    private static int endOfWord(String sql, int i) {
        int end = i + 1;
        while (end < sql.length() && (isNamePart(sql.charAt(end)) || sql.charAt(end) == '$')) {
            end++;
        }
        boolean escapes = end - i == 1 && (sql.charAt(i) == 'e' || sql.charAt(i) == 'E');
        if (!escapes || end == sql.length() || sql.charAt(end) != '\'') {
            return end;
        }
        for (int at = end + 1; at < sql.length(); at++) {
            if (sql.charAt(at) == '\\') {
                at++;
            } else if (sql.charAt(at) == '\'') {
                return at + 1;
            }
        }
        throw unended("'", end);
    }

    /** Comments nest. */
    private static int endOfComment(String sql, int start) {
        int depth = 0;
        for (int at = start; at < sql.length() - 1; at++) {
            if (sql.startsWith("/*", at)) {
                depth++;
                at++;
            } else if (sql.startsWith("*/", at)) {
                depth--;
                at++;
                if (depth == 0) {
                    return at + 1;
                }
            }
        }
        throw unended("/*", start);
    }

    private static boolean isTag(String text) {
        return text.isEmpty() || (isNameStart(text.charAt(0)) && text.chars().allMatch(c -> isNamePart((char) c)));
    }

    private static int endOf(String sql, int start, String mark, int from) {
        int end = sql.indexOf(mark, from);
        if (end < 0) {
            throw unended(mark, start);
        }
        return end + mark.length();
    }

    private static IllegalArgumentException unended(String mark, int start) {
        return new IllegalArgumentException(
                "the " + mark + " that starts at character " + (start + 1) + " of the query never ends");
    }
}
