package dev.freshet.system.reads;

import com.zaxxer.hikari.HikariDataSource;
import dev.freshet.client.Answer;
import dev.freshet.client.FreshCache;
import dev.freshet.client.JdbcLoader;
import dev.freshet.client.ReadOptions;
import dev.freshet.client.ValueType;
import dev.freshet.client.WriteToken;
import io.lettuce.core.RedisClient;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;

/**
 * Reads what it is told, line by line: {@code KEY<TAB>TOKEN}, where the token may be empty. Prints {@code ready}, and of
 * each read {@code VERSION<TAB>OUTCOME}.
 */
final class TokenReaders {

    private TokenReaders() {}

    public static void main(String[] arguments) throws Exception {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        System.setOut(System.err);
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        try (HikariDataSource source = StampedeReaders.source(arguments[1], arguments[2]);
                RedisClient client = RedisClient.create(Versions.reader(arguments[0]));
                FreshCache cache = Versions.cache(client, source, new SimpleMeterRegistry())) {
            out.println("ready");
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                int tab = line.indexOf('\t');
                Answer<Long> answer = read(cache, source, line.substring(0, tab), line.substring(tab + 1));
                out.println(answer.value().orElse(-1L) + "\t" + answer.outcome());
            }
        }
        System.exit(0);
    }

    private static Answer<Long> read(FreshCache cache, HikariDataSource source, String key, String token)
            throws SQLException {
        ReadOptions options = token.isEmpty()
                ? ReadOptions.defaults()
                : ReadOptions.defaults().notOlderThan(WriteToken.parse(token));
        JdbcLoader<Long> loader = JdbcLoader.of(source, connection -> Versions.load(connection, key));
        return cache.read(key, ValueType.of(Long.class), loader, options);
    }
}
