package dev.freshet.stack;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import java.util.List;

/**
 * A certificate that is its own CA, and its key, for servers and clients of a stack that speak TLS.
 *
 * @param file of the certificate, in PEM
 * @param key in PEM, as PKCS #8 without a password
 */
public record Certificate(Path file, Path key) {

    private static final String PASSWORD = "changeit";
    private static final String ALIAS = "self";

    /**
     * Makes one, valid for two days, with the JDK's keytool.
     *
     * @param name of the files, without their ends, and its own
     * @param names that it is good for, as keytool takes them: {@code ip:127.0.0.1}
     * @throws StackException where it cannot be made, as without a JDK
     */
    public static Certificate make(Path directory, String name, String names) {
        Path store = directory.resolve(name + ".p12");
        Path log = directory.resolve(name + ".log");
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                ALIAS,
                "-keyalg",
                "EC",
                "-dname",
                "CN=" + name,
                "-ext",
                "san=" + names,
                "-validity",
                "2",
                "-storetype",
                "PKCS12",
                "-keystore",
                store.toString(),
                "-storepass",
                PASSWORD);
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            if (process.waitFor() != 0) {
                throw new StackException("no certificate in " + directory + ": " + Files.readString(log));
            }
            return read(store, directory.resolve(name + ".crt"), directory.resolve(name + ".key"));
        } catch (IOException | GeneralSecurityException e) {
            throw new StackException("no certificate in " + directory + ": keytool, which a JDK brings, is needed", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StackException("no certificate in " + directory + ": interrupted", e);
        }
    }

    private static Certificate read(Path store, Path file, Path key) throws IOException, GeneralSecurityException {
        try (InputStream in = Files.newInputStream(store)) {
            KeyStore keys = KeyStore.getInstance("PKCS12");
            keys.load(in, PASSWORD.toCharArray());
            write(file, "CERTIFICATE", keys.getCertificate(ALIAS).getEncoded());
            write(key, "PRIVATE KEY", keys.getKey(ALIAS, PASSWORD.toCharArray()).getEncoded());
            return new Certificate(file, key);
        }
    }

    private static void write(Path file, String kind, byte[] content) throws IOException {
        String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
        Files.writeString(file, "-----BEGIN " + kind + "-----\n" + text + "\n-----END " + kind + "-----\n");
    }
}
