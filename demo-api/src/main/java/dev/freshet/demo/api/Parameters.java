package dev.freshet.demo.api;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** A request's query, checked as a whole: every wrong parameter is told at once. Read one by one; then {@link #done}. */
final class Parameters {

    private static final Pattern WHOLE = Pattern.compile("0|[1-9][0-9]{0,17}");

    private final Map<String, List<String>> given;
    private final Set<String> known = new LinkedHashSet<>();
    private final List<Problem.Member> errors = new ArrayList<>();

    Parameters(Map<String, List<String>> given) {
        this.given = given;
    }

    boolean has(String name) {
        return given.containsKey(name);
    }

    /** Empty where it is not there, or wrong. */
    Optional<Long> whole(String name, long least, long most) {
        Optional<String> text = text(name);
        if (text.isEmpty()) {
            return Optional.empty();
        }
        Optional<Long> number = text.filter(WHOLE.asMatchPredicate())
                .map(Long::valueOf)
                .filter(value -> value >= least && value <= most);
        if (number.isEmpty()) {
            errors.add(new Problem.Member(
                    name,
                    least == 1 && most == Long.MAX_VALUE
                            ? "must be a positive integer of at most 18 digits"
                            : "must be a whole number from " + least + " to " + most));
        }
        return number;
    }

    Optional<Long> positive(String name) {
        return whole(name, 1, Long.MAX_VALUE);
    }

    /** One of these words. */
    <T> Optional<T> word(String name, Map<String, T> words) {
        Optional<String> text = text(name);
        Optional<T> meant = text.flatMap(word -> Optional.ofNullable(words.get(word)));
        if (text.isPresent() && meant.isEmpty()) {
            errors.add(new Problem.Member(name, "must be one of " + String.join(", ", words.keySet())));
        }
        return meant;
    }

    private Optional<String> text(String name) {
        known.add(name);
        List<String> values = given.getOrDefault(name, List.of());
        // None where its escapes cannot be read.
        if (has(name) && values.size() != 1) {
            errors.add(new Problem.Member(name, "must be given once, and well formed"));
            return Optional.empty();
        }
        return values.stream().findFirst();
    }

    /** That it is not there is wrong. */
    Parameters require(String name) {
        if (!has(name)) {
            errors.add(new Problem.Member(name, "is missing"));
        }
        return this;
    }

    /** @throws Problem.RefusedException where a parameter was wrong, or is not known */
    void done() {
        if (!known.containsAll(given.keySet())) {
            // Not the name: whoever wrote it knows it, and it may be anything.
            errors.add(new Problem.Member(
                    "?", "there is a parameter that is not known here; known are " + String.join(", ", known)));
        }
        if (!errors.isEmpty()) {
            throw new Problem(400, "Bad request", "Each error names the parameter to mend.", errors).refused();
        }
    }
}
