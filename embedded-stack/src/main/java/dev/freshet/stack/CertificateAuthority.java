package dev.freshet.stack;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Objects;

/**
 * A certificate authority of a test's own, made by the JDK's keytool. What it issues is valid for two days. Confined to one
 * thread.
 */
public final class CertificateAuthority {

    /** Of every key store. */
    public static final String PASSWORD = "changeit";

    private final Path directory;
    private final Path store;
    private final Path certificate;

    private CertificateAuthority(Path directory, Path store, Path certificate) {
        this.directory = directory;
        this.store = store;
        this.certificate = certificate;
    }

    /**
     * A key and its certificate.
     *
     * @param certificate in PEM
     * @param key in PEM, PKCS#8, not encrypted
     * @param store both and the authority's certificate, as PKCS#12 with {@link #PASSWORD}
     */
    public record Issued(Path certificate, Path key, Path store) {}

    /** A new one, whose files are in an existing directory of its own. */
    public static CertificateAuthority in(Path directory) {
        Path store = directory.resolve("authority.p12");
        keytool(directory, store, "authority", "CN=authority of a test", "-ext", "bc:c");
        return new CertificateAuthority(directory, store, pem(directory.resolve("authority.crt"), store, "authority"));
    }

    /** Its own certificate, in PEM: what clients trust. */
    public Path certificate() {
        return certificate;
    }

    /** @param names what the certificate is good for, such as {@code dns:localhost} or {@code ip:127.0.0.1} */
    public Issued issue(String name, String... names) {
        Path own = directory.resolve(name + ".p12");
        try {
            Files.copy(store, own);
        } catch (IOException e) {
            throw new StackException("cannot write " + own, e);
        }
        keytool(directory, own, name, "CN=" + name, "-signer", "authority", "-ext", "san=" + String.join(",", names));
        return new Issued(
                pem(directory.resolve(name + ".crt"), own, name),
                keyPem(directory.resolve(name + ".key"), own, name),
                own);
    }

    private static void keytool(Path directory, Path store, String alias, String subject, String... more) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-J-XX:TieredStopAtLevel=1",
                "-genkeypair",
                "-keystore",
                store.toString(),
                "-storetype",
                "PKCS12",
                "-storepass",
                PASSWORD,
                "-alias",
                alias,
                "-dname",
                subject,
                "-keyalg",
                "EC",
                "-groupname",
                "secp256r1",
                "-startdate",
                "-1d",
                "-validity",
                "3"));
        command.addAll(List.of(more));
        Program.run("keytool", command, directory);
    }

    private static Path pem(Path file, Path store, String alias) {
        return write(
                file,
                "CERTIFICATE",
                store,
                (keys, unused) -> keys.getCertificate(alias).getEncoded());
    }

    private static Path keyPem(Path file, Path store, String alias) {
        return write(file, "PRIVATE KEY", store, (keys, password) -> {
            Key key = Objects.requireNonNull(keys.getKey(alias, password));
            return key.getEncoded();
        });
    }

    private interface Part {
        byte[] of(KeyStore keys, char[] password) throws GeneralSecurityException;
    }

    private static Path write(Path file, String kind, Path store, Part part) {
        try (InputStream in = Files.newInputStream(store)) {
            KeyStore keys = KeyStore.getInstance("PKCS12");
            keys.load(in, PASSWORD.toCharArray());
            String text =
                    Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(part.of(keys, PASSWORD.toCharArray()));
            return Files.writeString(file, "-----BEGIN " + kind + "-----\n" + text + "\n-----END " + kind + "-----\n");
        } catch (IOException | GeneralSecurityException e) {
            throw new StackException("cannot write " + file + " from " + store, e);
        }
    }
}
