package dev.freshet.cli;

import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.RetriableException;

/** What a failure of Kafka means to the caller of a command. */
final class KafkaFailure {

    private KafkaFailure() {}

    static CommandFailedException of(KafkaException e) {
        if (e instanceof AuthenticationException || e instanceof AuthorizationException) {
            return new CommandFailedException(ExitCode.USAGE, "Kafka refuses this user: " + e.getMessage());
        }
        if (e.getCause() instanceof ConfigException wrong) {
            // Without its message: it may hold a password.
            return String.valueOf(wrong.getMessage()).contains("bootstrap")
                    ? new CommandFailedException(ExitCode.UNREACHABLE, "kafka.bootstrap-servers: no such host")
                    : new CommandFailedException(ExitCode.USAGE, "kafka.properties: a client property is wrong");
        }
        int code = e instanceof RetriableException ? ExitCode.UNREACHABLE : ExitCode.NO;
        return new CommandFailedException(code, "Kafka did not do it: " + e.getMessage());
    }
}
