package dev.freshet.listener;

import dev.freshet.model.config.PostgresConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.postgresql.Driver;
import org.postgresql.PGProperty;

/**
 * One server that a JDBC URL names.
 *
 * @param properties the driver's, from the URL and from the configuration
 */
record SourceAddress(String host, int port, String database, Map<String, String> properties) {

    /**
     * Every server of the URL, in order.
     *
     * @throws SetupRequiredException where the URL is none that pgjdbc takes
     */
    static List<SourceAddress> of(PostgresConfig config) {
        Properties parsed = Driver.parseURL(config.url(), new Properties());
        String hosts = parsed == null ? null : PGProperty.PG_HOST.getOrDefault(parsed);
        String ports = parsed == null ? null : PGProperty.PG_PORT.getOrDefault(parsed);
        String database = parsed == null ? null : PGProperty.PG_DBNAME.getOrDefault(parsed);
        if (parsed == null || hosts == null || ports == null) {
            throw new SetupRequiredException(
                    List.of("postgres.url: not of the form jdbc:postgresql://host:port/database"), List.of());
        }
        Map<String, String> properties = new TreeMap<>();
        for (String name : parsed.stringPropertyNames()) {
            if (!List.of("PGHOST", "PGPORT", "PGDBNAME", "user", "password").contains(name)) {
                properties.put(name, parsed.getProperty(name));
            }
        }
        properties.putAll(config.properties());
        // pgjdbc picks among several servers; the listener does that itself, since only a primary will do.
        properties.remove(PGProperty.TARGET_SERVER_TYPE.getName());
        properties.putIfAbsent(PGProperty.CONNECT_TIMEOUT.getName(), "10");
        String[] host = hosts.split(",", -1);
        String[] port = ports.split(",", -1);
        List<SourceAddress> addresses = new ArrayList<>();
        for (int i = 0; i < host.length; i++) {
            addresses.add(new SourceAddress(
                    host[i],
                    Integer.parseInt(port[Math.min(i, port.length - 1)]),
                    database == null ? config.user() : database,
                    Map.copyOf(properties)));
        }
        return addresses;
    }

    @Override
    public String toString() {
        return host + ":" + port + "/" + database;
    }
}
