package dev.freshet.cli.console;

import dev.freshet.model.config.Secret;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Optional;

/** Who may change something. Immutable. */
final class TokenRule {

    /** No form of a foreign page can send it, and no script of one without being asked first. */
    static final String HEADER = "Freshet-Token";

    private final Optional<byte[]> expected;

    TokenRule(Optional<Secret> token) {
        this.expected = token.map(secret -> digest(secret.reveal()));
    }

    /** Whether anybody may. */
    boolean on() {
        return expected.isPresent();
    }

    /** In a time that tells neither the token nor its length. */
    boolean allows(Optional<String> given) {
        return expected.isPresent() && MessageDigest.isEqual(expected.get(), digest(given.orElse("")));
    }

    private static byte[] digest(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
