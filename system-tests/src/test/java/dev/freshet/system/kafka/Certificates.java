package dev.freshet.system.kafka;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A certificate authority of its own and a server's certificate for 127.0.0.1, made with the JDK's keytool. */
final class Certificates {

    static final String PASSWORD = "changeit";

    private final Path directory;

    private Certificates(Path directory) {
        this.directory = directory;
    }

    static Certificates make(Path directory) {
        Certificates made = new Certificates(directory);
        String keys = "-genkeypair -keyalg RSA -keysize 2048 -validity 2";
        made.keytool(keys + " -keystore ca.p12 -alias ca -dname CN=test-ca -ext bc:c");
        made.keytool("-exportcert -rfc -keystore ca.p12 -alias ca -file ca.pem");
        made.keytool(keys + " -keystore server.p12 -alias server -dname CN=kafka");
        made.keytool("-certreq -keystore server.p12 -alias server -file server.csr");
        made.keytool("-gencert -rfc -validity 2 -keystore ca.p12 -alias ca -infile server.csr -outfile server.pem"
                + " -ext san=ip:127.0.0.1");
        made.keytool("-importcert -noprompt -keystore server.p12 -alias ca -file ca.pem");
        made.keytool("-importcert -noprompt -keystore server.p12 -alias server -file server.pem");
        return made;
    }

    /** The server's key, its certificate, and the authority's. */
    Path server() {
        return directory.resolve("server.p12");
    }

    /** What a client trusts. */
    Path authority() {
        return directory.resolve("ca.pem");
    }

    private void keytool(String arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString()));
        command.addAll(List.of(arguments.split(" ")));
        if (arguments.contains("-keystore")) {
            command.addAll(List.of("-storetype", "PKCS12", "-storepass", PASSWORD));
        }
        Path said = directory.resolve("keytool.out");
        try {
            int exit = new ProcessBuilder(command)
                    .directory(directory.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(said.toFile())
                    .start()
                    .waitFor();
            if (exit != 0) {
                throw new IllegalStateException("keytool " + arguments + ": " + Files.readString(said));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
