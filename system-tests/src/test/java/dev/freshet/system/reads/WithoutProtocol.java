package dev.freshet.system.reads;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.freshet.system.reads.SoakReaders.Read;
import io.lettuce.core.api.sync.RedisCommands;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import java.util.Random;
import javax.sql.DataSource;

/** Reads as applications do that have no cache-client: a miss is loaded and SET. The judge has to find what that leaves. */
final class WithoutProtocol implements SoakReaders.Reader {

    private final RedisCommands<String, String> redis;
    private final DataSource source;
    private final JsonMapper json = JsonMapper.builder().build();

    WithoutProtocol(RedisCommands<String, String> redis, DataSource source) {
        this.redis = redis;
        this.source = source;
    }

    @Override
    public Read read(String key, boolean near, Random random) throws SQLException {
        try {
            Optional<String> cached = Optional.ofNullable(redis.get(key));
            if (cached.isPresent()) {
                return new Read("hit", Cached.told(key, cached.get()));
            }
            try (Connection connection = source.getConnection()) {
                Object row = key.startsWith("shelf:")
                        ? Rows.shelf(connection, key)
                        : (key.startsWith("member:") ? Rows.member(connection, key) : Rows.book(connection, key))
                                .orElse(null);
                Rows.linger(connection, random);
                String text = json.writeValueAsString(row);
                redis.set(key, text);
                return new Read("miss", Cached.told(key, text));
            }
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
