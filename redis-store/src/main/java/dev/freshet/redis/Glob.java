package dev.freshet.redis;

import java.util.Optional;

/** Redis's glob patterns. */
final class Glob {

    private Glob() {}

    /** The one text that the glob matches; empty where it may match several. */
    static Optional<String> literal(String glob) {
        StringBuilder text = new StringBuilder(glob.length());
        for (int i = 0; i < glob.length(); i++) {
            char c = glob.charAt(i);
            if (c == '*' || c == '?' || c == '[') {
                return Optional.empty();
            }
            // A backslash at the very end stands for itself.
            text.append(c == '\\' && i + 1 < glob.length() ? glob.charAt(++i) : c);
        }
        return Optional.of(text.toString());
    }
}
