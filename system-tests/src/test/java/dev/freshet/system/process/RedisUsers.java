package dev.freshet.system.process;

import dev.freshet.model.CacheMapping.Target;
import dev.freshet.model.KeyTemplate;
import dev.freshet.model.Row;
import dev.freshet.model.config.ConfigFile;
import dev.freshet.model.config.FreshetConfig;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.StatusOutput;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The users of docs/redis.md, with the rights that it lists and no other, on a test's Redis: the product's processes sign in
 * as them, and only the judges as the default user.
 */
public final class RedisUsers {

    /** Of every user. */
    public static final String PASSWORD = "least";

    private RedisUsers() {}

    /** The configuration file with the pipeline's user in its url; as it is where its url names one. */
    static String ofPipeline(String yaml, Map<String, String> environment) {
        FreshetConfig config = ConfigFile.parse(yaml, environment).config();
        String url = config.redis().url().reveal();
        if (url.contains("@")) {
            return yaml;
        }
        List<String> globs =
                config.caches().stream().map(cache -> glob(cache.target())).toList();
        return yaml.replace(url, withUser(url, "freshet", config.pipeline(), globs));
    }

    /**
     * The url with the user of an application in it that reads and fills keys.
     *
     * @param url of the default user
     * @param name of the user; the same one always gets the same rights
     */
    public static String ofApplication(String url, String name, String... globs) {
        return withUser(url, "app", name, List.of(globs));
    }

    private static String withUser(String url, String documented, String name, List<String> globs) {
        String rights = documented("ACL SETUSER " + documented + " ")
                + (ClusterUrl.is(url) ? " +" + documented("ACL SETUSER " + documented + " +") : "");
        List<String> words = Stream.of(rights.split(" "))
                .flatMap(word -> word.equals("~KEYS") ? globs.stream().map(glob -> "~" + glob) : Stream.of(word))
                .map(word -> word.equals(">SECRET") ? ">" + PASSWORD : word)
                .toList();
        // Users are not replicated, nor told to other nodes.
        ClusterUrl.nodes(url).forEach(node -> make(node, name, words));
        return url.replace("://", "://" + name + ":" + PASSWORD + "@");
    }

    /** The rights after the beginning of the line. */
    private static String documented(String beginning) {
        try (Stream<String> lines = Files.lines(document())) {
            return lines.filter(line -> line.startsWith(beginning))
                    .findFirst()
                    .orElseThrow(() -> new IllegalStateException("docs/redis.md has no line " + beginning))
                    .substring(beginning.length());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path document() {
        for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
            if (Files.exists(at.resolve("docs/redis.md"))) {
                return at.resolve("docs/redis.md");
            }
        }
        throw new IllegalStateException("no docs/redis.md above " + Path.of("").toAbsolutePath());
    }

    private static void make(String url, String name, List<String> rights) {
        RedisClient client = RedisClient.create(RedisURI.create(url));
        try (var connection = client.connect()) {
            RedisCommands<String, String> redis = connection.sync();
            CommandArgs<String, String> arguments =
                    new CommandArgs<>(StringCodec.UTF8).add("SETUSER").add(name);
            rights.forEach(arguments::add);
            redis.dispatch(CommandType.ACL, new StatusOutput<>(StringCodec.UTF8), arguments);
            try {
                redis.aclSave();
            } catch (RedisCommandExecutionException e) {
                // A Redis without a file for its users: this one is not to be killed.
            }
        } finally {
            client.shutdown();
        }
    }

    private static String glob(Target target) {
        if (target instanceof Target.Key key) {
            return glob(key.key());
        } else if (target instanceof Target.Field field) {
            return glob(field.key());
        } else if (target instanceof Target.Match match) {
            return match.glob();
        }
        return ((Target.Tag) target).members();
    }

    private static String glob(KeyTemplate template) {
        return template.scan(Row.of(Map.of()), column -> ".*").glob();
    }
}
