package dev.freshet.cli;

import dev.freshet.model.config.PostgresConfig;
import java.io.PrintStream;

/** Prints where the servers are, without credentials. */
final class Addresses {

    private final PrintStream out;

    Addresses(PrintStream out) {
        this.out = out;
    }

    void tell(String name, String address) {
        out.println(name + "\t" + address);
        out.flush();
    }

    static String ofPostgres(PostgresConfig config) {
        String address = config.url().substring("jdbc:postgresql://".length());
        int properties = address.indexOf('?');
        return properties < 0 ? address : address.substring(0, properties);
    }

    static String database(PostgresConfig config) {
        String address = ofPostgres(config);
        return java.net.URLDecoder.decode(
                address.substring(address.indexOf('/') + 1), java.nio.charset.StandardCharsets.UTF_8);
    }

    static String ofRedis(String url) {
        String address = url.substring(url.indexOf("://") + 3);
        return address.substring(address.lastIndexOf('@') + 1);
    }
}
