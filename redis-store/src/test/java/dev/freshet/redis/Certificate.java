package dev.freshet.redis;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import java.util.List;

/**
 * A certificate that is its own CA, and its key, both in PEM.
 *
 * @param file of the certificate
 */
record Certificate(Path file, Path key) {

    private static final String PASSWORD = "changeit";
    private static final String ALIAS = "self";

    /** @param names such as {@code ip:127.0.0.1} */
    static Certificate make(Path directory, String name, String names) throws Exception {
        Path store = directory.resolve(name + ".p12");
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
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve(name + ".log").toFile())
                .start();
        if (process.waitFor() != 0) {
            throw new IOException(Files.readString(directory.resolve(name + ".log")));
        }
        return read(store, directory.resolve(name + ".crt"), directory.resolve(name + ".key"));
    }

    private static Certificate read(Path store, Path file, Path key) throws IOException, GeneralSecurityException {
        try (InputStream in = Files.newInputStream(store)) {
            KeyStore keys = KeyStore.getInstance("PKCS12");
            keys.load(in, PASSWORD.toCharArray());
            pem(file, "CERTIFICATE", keys.getCertificate(ALIAS).getEncoded());
            pem(key, "PRIVATE KEY", keys.getKey(ALIAS, PASSWORD.toCharArray()).getEncoded());
            return new Certificate(file, key);
        }
    }

    private static void pem(Path file, String kind, byte[] content) throws IOException {
        String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
        Files.writeString(file, "-----BEGIN " + kind + "-----\n" + text + "\n-----END " + kind + "-----\n");
    }
}
