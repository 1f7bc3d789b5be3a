package dev.freshet.cli.check;

import dev.freshet.model.config.PostgresConfig;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.Optional;
import java.util.stream.Stream;

/** What mends a connection that failed because one side does not trust the other; waiting does not. */
final class TlsFailure {

    private static final String REJECTED = "08004";
    private static final String FAILED = "08006";

    private TlsFailure() {}

    /** Empty where the failure is of another kind. */
    static Optional<String> mend(PostgresConfig postgres, String state, Throwable failure) {
        if (has(failure, FileNotFoundException.class)) {
            return Optional.of("name a file that this user may read");
        }
        if (has(failure, GeneralSecurityException.class)) {
            return Optional.of(
                    "sslrootcert must name the certificate of the authority that issued the server's, which must be"
                            + " valid");
        }
        boolean network = has(failure, IOException.class);
        if (!network && state.equals(FAILED) && verifiesName(postgres)) {
            return Optional.of(
                    "the server's certificate must be for the host in postgres.url; name that host, or have the"
                            + " certificate made for it");
        }
        if (!network && state.equals(REJECTED) && postgres.properties().containsKey("sslmode")) {
            return Optional.of("give the server a certificate and set ssl = on");
        }
        return Optional.empty();
    }

    private static boolean verifiesName(PostgresConfig postgres) {
        return "verify-full".equals(postgres.properties().get("sslmode"))
                || postgres.url().contains("sslmode=verify-full");
    }

    private static boolean has(Throwable failure, Class<? extends Throwable> kind) {
        return Stream.iterate(failure, cause -> cause != null, Throwable::getCause)
                .anyMatch(kind::isInstance);
    }
}
