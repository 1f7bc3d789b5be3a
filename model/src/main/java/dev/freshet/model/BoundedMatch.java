package dev.freshet.model;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Matches without the danger that an expression of several wildcards and a text made for it keep a thread busy for
 * hours: what takes far more steps than the text is long counts as matching. Stateless.
 */
public final class BoundedMatch {

    private static final long STEPS_PER_CHARACTER = 100;
    private static final long STEPS_AT_LEAST = 1_000_000;

    private BoundedMatch() {}

    /** Whether the whole text matches, or may match: never false for one that does. */
    public static boolean matches(Pattern pattern, String text) {
        try {
            Matcher matcher = pattern.matcher(new Counted(text));
            return matcher.matches();
        } catch (TooManySteps e) {
            return true;
        }
    }

    /** Counts how often the matcher looks at a character. */
    private static final class Counted implements CharSequence {

        private final String text;
        private long left;

        Counted(String text) {
            this.text = text;
            this.left = STEPS_AT_LEAST + STEPS_PER_CHARACTER * text.length();
        }

        @Override
        public int length() {
            return text.length();
        }

        @Override
        public char charAt(int index) {
            if (left-- <= 0) {
                throw new TooManySteps();
            }
            return text.charAt(index);
        }

        @Override
        public CharSequence subSequence(int start, int end) {
            return text.subSequence(start, end);
        }

        @Override
        public String toString() {
            return text;
        }
    }

    private static final class TooManySteps extends RuntimeException {

        private static final long serialVersionUID = 1L;

        TooManySteps() {
            super(null, null, false, false);
        }
    }
}
