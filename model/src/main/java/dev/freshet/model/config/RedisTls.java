package dev.freshet.model.config;

import java.nio.file.Path;
import java.util.Optional;

/**
 * What TLS to Redis needs beyond a url that asks for it; all files in PEM.
 *
 * @param ca whom to trust; empty for whom the JVM trusts
 * @param certificate to show to a server that asks for one, with what stands between it and its CA
 * @param key the certificate's, as PKCS #8 and without a password; present with the certificate
 */
public record RedisTls(Optional<Path> ca, Optional<Path> certificate, Optional<Path> key) {

    public static final RedisTls NONE = new RedisTls(Optional.empty(), Optional.empty(), Optional.empty());
}
