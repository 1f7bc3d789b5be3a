package dev.freshet.system.documents;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the comment above a block says of how it is tried, as {@code <!-- test: stops what runs; prints ok -->}. A block
 * without one is run, in the order of the document, in one directory and one environment, and has to exit with 0.
 *
 * @param file the file that the block is written to
 * @param merged whether it is added to what that file says already
 * @param background whether it goes on running until the end; what follows it begins when it has printed {@code ready}
 * @param stops whether what runs in the background is ended first, as by Ctrl-C
 * @param exits the exit code that it has
 * @param prints what must be found in what it prints; until then, and for some seconds, it is run again
 * @param notHere why it is not run
 */
record Notes(
        Optional<String> file,
        boolean merged,
        boolean background,
        boolean stops,
        int exits,
        Optional<String> prints,
        Optional<String> notHere) {

    private static final Notes NONE =
            new Notes(Optional.empty(), false, false, false, 0, Optional.empty(), Optional.empty());

    private static final Pattern COMMENT = Pattern.compile("\\s*<!-- test: (.*) -->\\s*");

    static Notes none() {
        return NONE;
    }

    /** Those of a line; none where it holds no such comment. */
    static Notes of(String line) {
        Matcher comment = COMMENT.matcher(line);
        Notes notes = NONE;
        if (comment.matches()) {
            for (String word : comment.group(1).split(";\\s*", -1)) {
                notes = notes.with(word.strip());
            }
        }
        return notes;
    }

    private Notes with(String word) {
        if (word.startsWith("file ")) {
            return new Notes(Optional.of(word.substring(5)), false, background, stops, exits, prints, notHere);
        }
        if (word.startsWith("adds to ")) {
            return new Notes(Optional.of(word.substring(8)), true, background, stops, exits, prints, notHere);
        }
        if (word.equals("background")) {
            return new Notes(file, merged, true, stops, exits, prints, notHere);
        }
        if (word.equals("stops what runs")) {
            return new Notes(file, merged, background, true, exits, prints, notHere);
        }
        if (word.matches("exits [0-9]{1,3}")) {
            return new Notes(file, merged, background, stops, Integer.parseInt(word.substring(6)), prints, notHere);
        }
        if (word.startsWith("prints ")) {
            return new Notes(file, merged, background, stops, exits, Optional.of(word.substring(7)), notHere);
        }
        if (word.startsWith("not here, ")) {
            return new Notes(file, merged, background, stops, exits, prints, Optional.of(word.substring(10)));
        }
        throw new IllegalArgumentException("'" + word + "' is none of: file NAME, adds to NAME, background,"
                + " stops what runs, exits N, prints TEXT, 'not here, REASON'");
    }
}
