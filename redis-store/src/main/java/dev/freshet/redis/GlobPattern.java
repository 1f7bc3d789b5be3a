package dev.freshet.redis;

import dev.freshet.model.BoundedMatch;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/**
 * A Redis glob, matched as Redis matches it, byte by byte: {@code ?} is one byte of a longer character, a class may be
 * empty, reversed or without an end, and begins a range wherever a hyphen is its second sign. May match more where Redis
 * itself depends on its machine, never less. Immutable.
 */
public final class GlobPattern {

    /** Over bytes, each written as the character of its number. */
    private final Pattern pattern;

    private GlobPattern(Pattern pattern) {
        this.pattern = pattern;
    }

    public static GlobPattern compile(String glob) {
        return new GlobPattern(Pattern.compile(new Compiler(bytesOf(glob)).regex(), Pattern.DOTALL));
    }

    public boolean matches(String key) {
        return BoundedMatch.matches(pattern, bytesOf(key));
    }

    private static String bytesOf(String text) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }

    /** One pass over a glob. */
    private static final class Compiler {

        private final String glob;
        private final StringBuilder regex = new StringBuilder();
        private int at;

        /** Whether bytes beyond ASCII count as negative in a range depends on the machine that Redis runs on. */
        private boolean doubtful;

        Compiler(String glob) {
            this.glob = glob;
        }

        String regex() {
            while (at < glob.length()) {
                char sign = glob.charAt(at++);
                if (sign == '*') {
                    regex.append(".*");
                } else if (sign == '?') {
                    regex.append('.');
                } else if (sign == '[') {
                    anyOf();
                } else {
                    regex.append(literal(sign == '\\' && at < glob.length() ? glob.charAt(at++) : sign));
                }
            }
            return regex.toString();
        }

        private void anyOf() {
            boolean negated = at < glob.length() && glob.charAt(at) == '^';
            at += negated ? 1 : 0;
            StringBuilder members = new StringBuilder();
            doubtful = false;
            while (at < glob.length() && glob.charAt(at) != ']') {
                members.append(member());
            }
            at++;
            if (doubtful) {
                regex.append('.');
            } else if (members.length() > 0) {
                regex.append(negated ? "[^" : "[").append(members).append(']');
            } else {
                regex.append(negated ? "." : "(?!)");
            }
        }

        private String member() {
            char first = glob.charAt(at++);
            if (first == '\\' && at < glob.length()) {
                return literal(glob.charAt(at++));
            }
            if (at + 1 < glob.length() && glob.charAt(at) == '-') {
                char last = glob.charAt(at + 1);
                at += 2;
                doubtful |= first < 0x80 != last < 0x80;
                return literal((char) Math.min(first, last)) + "-" + literal((char) Math.max(first, last));
            }
            return literal(first);
        }

        private static String literal(char sign) {
            return String.format("\\x%02x", (int) sign);
        }
    }
}
