package dev.freshet.writer.apply;

import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** Redis globs as regular expressions: {@code *}, {@code ?}, {@code [a-z]}, {@code [^a]} and the backslash. */
final class GlobPattern {

    private GlobPattern() {}

    /** A glob that no expression can be made of matches everything: in doubt it is checked. */
    static Pattern compile(String glob) {
        StringBuilder regex = new StringBuilder();
        int i = 0;
        while (i < glob.length()) {
            char c = glob.charAt(i);
            int close = c == '[' ? closing(glob, i) : -1;
            if (c == '\\' && i + 1 < glob.length()) {
                regex.append(Pattern.quote(glob.substring(i + 1, i + 2)));
                i++;
            } else if (c == '*') {
                regex.append(".*");
            } else if (c == '?') {
                regex.append('.');
            } else if (close > 0) {
                boolean negated = glob.charAt(i + 1) == '^';
                String set = glob.substring(i + (negated ? 2 : 1), close);
                regex.append(negated ? "[^" : "[")
                        .append(set.replaceAll("([\\[\\]&^~])", "\\\\$1"))
                        .append(']');
                i = close;
            } else {
                regex.append(Pattern.quote(String.valueOf(c)));
            }
            i++;
        }
        try {
            return Pattern.compile(regex.toString(), Pattern.DOTALL);
        } catch (PatternSyntaxException e) {
            return Pattern.compile(".*", Pattern.DOTALL);
        }
    }

    private static int closing(String glob, int open) {
        for (int i = open + 2; i < glob.length(); i++) {
            if (glob.charAt(i) == '\\') {
                i++;
            } else if (glob.charAt(i) == ']') {
                return i;
            }
        }
        return -1;
    }
}
