package dev.freshet.model.config;

import dev.freshet.model.Spelling;
import dev.freshet.model.TableId;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The forms that single values take. Each throws IllegalArgumentException with a message for people. */
final class Forms {

    static final Pattern CACHE_NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_-]{0,62}");

    /** What the pipeline's correctness stands on is not to be set from outside. */
    static final Map<String, String> RESERVED_KAFKA_PROPERTIES = reserved();

    /** What brokers set for a group of the protocol {@code consumer}, by the name of their own setting. */
    static final Map<String, String> SET_BY_BROKERS = Map.of(
            "session.timeout.ms", "group.consumer.session.timeout.ms",
            "heartbeat.interval.ms", "group.consumer.heartbeat.interval.ms",
            "partition.assignment.strategy", "group.consumer.assignors");

    private static final Pattern PIPELINE = Pattern.compile("[a-z][a-z0-9_]{0,62}");
    private static final Pattern POSTGRES = Pattern.compile("jdbc:postgresql://[^/?#@\\s]+/[^/?#\\s]+(\\?\\S*)?");
    private static final Pattern POSTGRES_CREDENTIAL = Pattern.compile("[?&](user|password)=");
    private static final Pattern SCHEME = Pattern.compile("([a-z][a-z0-9+.-]*)://(?:[^/#?]*@)?([^/#?@]*).*");
    private static final List<String> REDIS_SCHEMES = List.of(
            "redis", "rediss", "redis-socket", "redis-sentinel", "rediss-sentinel", "redis+cluster", "rediss+cluster");
    private static final Pattern NODE = Pattern.compile("(?:\\[[0-9A-Fa-f:.]+]|[^\\s:/\\[\\]]+)(?::\\d{1,5})?");
    private static final Pattern CLUSTER_DATABASE =
            Pattern.compile(".*(?:://(?:[^/#?]*@)?[^/#?@]*/0*[1-9]|[?&]database=0*[1-9]).*");
    private static final Pattern ADDRESS = Pattern.compile("(?:\\[([0-9A-Fa-f:.]+)]|([^\\s:/\\[\\]]+)):(\\d{1,5})");
    private static final Pattern TOKEN = Pattern.compile("[!-~]{16,256}");
    private static final Pattern TABLE = Pattern.compile("(?:pg_.*|information_schema)\\..*");

    private Forms() {}

    static String pipeline(String text) {
        if (!PIPELINE.matcher(text).matches()) {
            throw new IllegalArgumentException("'" + text
                    + "' names a replication slot too: a small letter, then at most 62 small letters, digits and"
                    + " underscores");
        }
        return text;
    }

    /** The url itself is never quoted back: a password may stand in it. */
    static String postgresUrl(String text) {
        if (POSTGRES_CREDENTIAL.matcher(text).find()) {
            throw new IllegalArgumentException(
                    "must not hold user or password; put them into postgres.user and postgres.password");
        }
        if (!POSTGRES.matcher(text).matches()) {
            throw new IllegalArgumentException("must have the form jdbc:postgresql://host:5432/database");
        }
        return text;
    }

    /** The url itself is never quoted back: a password may stand in it. */
    static String redisUrl(String text) {
        Matcher parts = SCHEME.matcher(text);
        String form = "must have the form redis://host:6379 (or rediss://, redis-sentinel://host:26379/0#master,"
                + " redis-socket:///path, redis+cluster://host:6379,host:6379)";
        if (!parts.matches()) {
            throw new IllegalArgumentException(form);
        }
        String scheme = parts.group(1);
        if (!REDIS_SCHEMES.contains(scheme)) {
            throw new IllegalArgumentException(
                    form + ", not " + scheme + "://" + Spelling.suggestion(scheme, REDIS_SCHEMES));
        }
        if (scheme.equals("redis-socket")) {
            if (!text.matches("[^:]*://(?:[^/]*@)?/[^/?].*")) {
                throw new IllegalArgumentException(form + "; it names no path");
            }
            return text;
        }
        if (parts.group(2).isEmpty()) {
            throw new IllegalArgumentException(form + "; it names no host");
        }
        if (scheme.endsWith("sentinel") && text.indexOf('#') < 0) {
            throw new IllegalArgumentException(form + "; it names no master after a #");
        }
        if (scheme.endsWith("+cluster")) {
            cluster(parts.group(2), text, form);
        }
        return text;
    }

    private static void cluster(String nodes, String url, String form) {
        for (String node : nodes.split(",", -1)) {
            if (!NODE.matcher(node).matches()) {
                throw new IllegalArgumentException(form + "; it names a node that is no host:port");
            }
        }
        if (CLUSTER_DATABASE.matcher(url).matches()) {
            throw new IllegalArgumentException(form + "; a cluster has no other database than 0");
        }
    }

    static String bootstrapServers(String text) {
        if (text.isEmpty()) {
            return text;
        }
        for (String server : text.split(",", -1)) {
            try {
                address(server.strip());
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(
                        "'" + server.strip() + "' must have the form host:9092; several are parted by commas", e);
            }
        }
        return text;
    }

    static HostPort address(String text) {
        Matcher parts = ADDRESS.matcher(text);
        if (!parts.matches() || Integer.parseInt(parts.group(3)) > 65535) {
            throw new IllegalArgumentException("'" + text + "' must have the form host:port, such as 127.0.0.1:8081");
        }
        String host = parts.group(1) != null ? parts.group(1) : parts.group(2);
        return new HostPort(host, Integer.parseInt(parts.group(3)));
    }

    /** Never quoted back. Empty, as an unset variable leaves it: there is none. */
    static String token(String text) {
        if (!text.isEmpty() && !TOKEN.matcher(text).matches()) {
            throw new IllegalArgumentException(
                    "must be 16 to 256 letters, digits and signs of ASCII, without spaces; make one with: openssl rand -hex 24");
        }
        return text;
    }

    static long retainedWal(String text) {
        long bytes = Quantity.bytes(text);
        if (bytes < 1 << 20) {
            throw new IllegalArgumentException("'" + text + "' is less than a slot always holds; write at least 1MB");
        }
        return bytes;
    }

    static Path path(String text, Path home, Path directory) {
        if (text.isBlank()) {
            throw new IllegalArgumentException("is empty; name a directory, or leave it out");
        }
        try {
            if (text.equals("~") || text.startsWith("~/")) {
                return home.resolve(text.substring(Math.min(2, text.length()))).normalize();
            }
            return directory.resolve(text).normalize();
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException("'" + text + "' is no path", e);
        }
    }

    static TableId table(String text) {
        if (TABLE.matcher(text).matches()) {
            throw new IllegalArgumentException("'" + text
                    + "' belongs to PostgreSQL itself: its changes are not in the change stream; map a table of yours");
        }
        try {
            return TableId.parse(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "'" + text + "' must be schema.table, as stored, such as public." + text.replace(".", ""), e);
        }
    }

    private static Map<String, String> reserved() {
        Map<String, String> reserved = new LinkedHashMap<>();
        reserved.put("bootstrap.servers", "belongs to kafka.bootstrap-servers");
        for (String property : List.of("client.id", "metric.reporters")) {
            reserved.put(property, "is set by Freshet itself, another one for each of its clients; leave it out");
        }
        for (String property : List.of(
                "acks",
                "enable.idempotence",
                "transactional.id",
                "max.in.flight.requests.per.connection",
                "retries",
                "group.id",
                "group.instance.id",
                "enable.auto.commit",
                "auto.offset.reset",
                "isolation.level",
                "key.serializer",
                "value.serializer",
                "key.deserializer",
                "value.deserializer",
                // The changes of a row are in order only where its key alone chooses the partition.
                "partitioner.class",
                "partitioner.ignore.keys",
                // From the topics' own max.message.bytes.
                "max.request.size",
                "buffer.memory",
                "delivery.timeout.ms",
                "max.block.ms",
                "allow.auto.create.topics")) {
            reserved.put(property, "is set by Freshet itself, which depends on it; leave it out");
        }
        return Map.copyOf(reserved);
    }
}
