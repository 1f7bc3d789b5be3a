package dev.freshet.demo.api;

import java.util.List;

/**
 * Why a request was refused, as {@code application/problem+json} says it.
 *
 * @param errors each wrong member of the request, all at once; may be empty
 */
public record Problem(int status, String title, String detail, List<Member> errors) {

    /** @param pointer the JSON pointer or the parameter's name */
    public record Member(String pointer, String detail) {}

    public Problem {
        errors = List.copyOf(errors);
    }

    public static Problem of(int status, String title, String detail) {
        return new Problem(status, title, detail, List.of());
    }

    public static Problem badRequest(String detail) {
        return of(400, "Bad request", detail);
    }

    public static Problem notFound(String detail) {
        return of(404, "Not found", detail);
    }

    public static Problem invalid(List<Member> errors) {
        return new Problem(422, "Invalid values", "Nothing was changed; each error names the member to mend.", errors);
    }

    static Problem unknownRow(String column) {
        return invalid(List.of(new Member("/" + column, "names nothing that is there")));
    }

    /** To be thrown by whatever answers the request. */
    public RefusedException refused() {
        return new RefusedException(this);
    }

    /** The request is answered with a problem. */
    public static final class RefusedException extends RuntimeException {

        private static final long serialVersionUID = 1L;

        private final transient Problem problem;

        RefusedException(Problem problem) {
            super(problem.title(), null, false, false);
            this.problem = problem;
        }

        Problem problem() {
            return problem;
        }
    }
}
