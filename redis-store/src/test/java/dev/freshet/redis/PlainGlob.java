package dev.freshet.redis;

import java.util.regex.Pattern;

/** A Redis glob as a regular expression, for the store in memory. Ranges in brackets are not covered. */
final class PlainGlob {

    private PlainGlob() {}

    static Pattern of(String glob) {
        StringBuilder regex = new StringBuilder();
        int[] text = glob.codePoints().toArray();
        for (int i = 0; i < text.length; i++) {
            if (text[i] == '*') {
                regex.append(".*");
            } else if (text[i] == '?') {
                regex.append('.');
            } else if (text[i] == '[') {
                throw new UnsupportedOperationException("brackets in a glob: " + glob);
            } else {
                int literal = text[i] == '\\' && i + 1 < text.length ? text[++i] : text[i];
                regex.append(Pattern.quote(Character.toString(literal)));
            }
        }
        return Pattern.compile(regex.toString(), Pattern.DOTALL);
    }
}
