package dev.freshet.demo;

/** The pipeline does not do its work. */
final class PipelineException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    PipelineException(String message) {
        super(message);
    }
}
