package dev.freshet.benchmarks.peer;

import dev.freshet.benchmarks.resp.RespConnection;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Map;
import java.util.Properties;

/**
 * Where a peer finds its servers; it is handed on to the peer's process by the environment, where a password is not seen
 * by everybody.
 */
public record PeerSettings(String url, String user, String password, String redisHost, int redisPort) {

    private static final String NAME = "FRESHET_BENCH_";

    /** For the environment of the peer's process. */
    public Map<String, String> environment() {
        return Map.of(
                NAME + "URL",
                url,
                NAME + "USER",
                user,
                NAME + "PASSWORD",
                password,
                NAME + "REDIS",
                redisHost + ":" + redisPort);
    }

    static PeerSettings of(Map<String, String> environment) {
        String redis = environment.getOrDefault(NAME + "REDIS", "");
        int colon = redis.lastIndexOf(':');
        if (colon < 0) {
            throw new IllegalArgumentException("peers are started by `freshet bench`: " + NAME + "REDIS is not set");
        }
        return new PeerSettings(
                environment.getOrDefault(NAME + "URL", ""),
                environment.getOrDefault(NAME + "USER", ""),
                environment.getOrDefault(NAME + "PASSWORD", ""),
                redis.substring(0, colon),
                Integer.parseInt(redis.substring(colon + 1)));
    }

    Connection connect(Properties further) throws SQLException {
        Properties properties = new Properties();
        properties.putAll(further);
        properties.setProperty("user", user);
        properties.setProperty("password", password);
        return DriverManager.getConnection(url, properties);
    }

    RespConnection redis() {
        return RespConnection.open(redisHost, redisPort);
    }

    @Override
    public String toString() {
        return "PeerSettings[" + url + "]";
    }
}
