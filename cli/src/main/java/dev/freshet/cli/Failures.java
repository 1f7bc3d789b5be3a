package dev.freshet.cli;

import dev.freshet.listener.ListenerException;
import dev.freshet.listener.SetupRequiredException;
import dev.freshet.redis.CacheUnavailableException;
import dev.freshet.stack.StackException;
import dev.freshet.writer.catalogue.SourceUnavailableException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a failure means to the caller of a command: a message and an exit code. */
final class Failures {

    private static final Logger LOG = LoggerFactory.getLogger(Failures.class);

    private Failures() {}

    /** Tells the failure; returns the exit code. */
    static int tell(Main.Console console, Throwable failure) {
        Throwable cause = failure;
        while ((cause instanceof CompletionException || cause instanceof ExecutionException)
                && cause.getCause() != null) {
            cause = cause.getCause();
        }
        if (cause instanceof CommandFailedException told) {
            if (!String.valueOf(told.getMessage()).isEmpty()) {
                console.err().println("freshet: " + told.getMessage());
            }
            return told.exitCode();
        }
        LOG.debug("The command failed", cause);
        if (cause instanceof SetupRequiredException setup) {
            setup.problems().forEach(problem -> console.err().println("freshet: " + problem));
            setup.sql().forEach(statement -> console.err().println("    " + statement));
            return ExitCode.USAGE;
        }
        if (cause instanceof ListenerException
                || cause instanceof SourceUnavailableException
                || cause instanceof CacheUnavailableException
                || cause instanceof StackException) {
            console.err().println("freshet: " + cause.getMessage());
            return ExitCode.UNREACHABLE;
        }
        console.err().println("freshet: " + cause);
        return ExitCode.NO;
    }
}
