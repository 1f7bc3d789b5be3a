package dev.freshet.redis;

import dev.freshet.model.config.RedisConfig;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.cluster.models.partitions.ClusterPartitionParser;
import io.lettuce.core.cluster.models.partitions.RedisClusterNode;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.stream.Stream;

/** Looks at a Redis, changing nothing, with no more rights than the pipeline's user has. */
public final class RedisInspection {

    private static final Duration LIMIT = Duration.ofSeconds(5);
    private static final Script RIGHTS = Script.load("rights", "#!lua flags=no-writes");

    private RedisInspection() {}

    /**
     * What was seen. Immutable.
     *
     * @param info INFO's fields; none where it is refused
     * @param user as whom the url signs in
     * @param clock the server's clock beside this machine's; empty where TIME is refused
     * @param refused those of the asked commands that the user may not run; empty where it may not run scripts at all
     */
    public record Facts(
            Map<String, String> info, String user, Optional<Clock> clock, Optional<List<List<String>>> refused) {
        public Facts {
            info = Map.copyOf(info);
        }

        public String text(String field) {
            return info.getOrDefault(field, "");
        }

        /** 0 where the server does not tell. */
        public long number(String field) {
            String text = text(field);
            return text.matches("[0-9]{1,18}") ? Long.parseLong(text) : 0;
        }
    }

    /** How far the server's clock is ahead of this machine's, and how exactly that is known. */
    public record Clock(Duration ahead, Duration uncertain) {}

    /**
     * One server of those behind a url.
     *
     * @param address {@code host:port} of a cluster's node; empty for the one server of another url
     * @param primary false for a node that follows one
     */
    public record Node(String address, boolean primary) {}

    /**
     * The nodes behind the url: of a cluster its primaries that own slots, then their replicas, as the first node that
     * answers knows them; where the user may not ask for them, the nodes that the url names.
     *
     * @throws CacheUnavailableException where none of the named nodes answers, with what the first said
     */
    public static List<Node> nodes(RedisConfig config) {
        if (!RedisClients.isCluster(config)) {
            return List.of(new Node("", true));
        }
        Optional<CacheUnavailableException> failure = Optional.empty();
        for (RedisConfig seed : ClusterSeeds.of(config)) {
            try (OwnClient client = new OwnClient(seed, LIMIT);
                    RedisLink link = new RedisLink(client, Optional.empty(), Duration.ZERO, List.of())) {
                String own = client.address();
                return known(link, own);
            } catch (CacheUnavailableException e) {
                failure = failure.or(() -> Optional.of(e));
            }
        }
        throw failure.orElseThrow(() -> new IllegalArgumentException("the Redis url names no server"));
    }

    private static List<Node> known(RedisLink link, String own) {
        String told;
        try {
            told = ask(link, redis -> redis.clusterNodes());
        } catch (CacheUnavailableException e) {
            return RedisInspection.<List<Node>>ifRefused(e).orElse(List.of(new Node(own, true)));
        }
        List<Node> primaries = new ArrayList<>();
        List<Node> replicas = new ArrayList<>();
        for (RedisClusterNode node : ClusterPartitionParser.parse(told)) {
            String host = node.getUri().getHost();
            // A node that has met no other does not know its own address.
            String address = host == null || host.isEmpty()
                    ? own
                    : (host.contains(":") ? "[" + host + "]" : host) + ":"
                            + node.getUri().getPort();
            boolean gone = node.is(RedisClusterNode.NodeFlag.FAIL) || node.is(RedisClusterNode.NodeFlag.NOADDR);
            if (node.is(RedisClusterNode.NodeFlag.UPSTREAM) && !node.getSlots().isEmpty()) {
                primaries.add(new Node(address, true));
            } else if (node.is(RedisClusterNode.NodeFlag.REPLICA) && !gone) {
                replicas.add(new Node(address, false));
            }
        }
        Comparator<Node> order = Comparator.comparing(Node::address);
        return Stream.concat(primaries.stream().sorted(order), replicas.stream().sorted(order))
                .toList();
    }

    /** Looks at one of the {@link #nodes}. */
    public static Facts look(RedisConfig config, Node node, List<List<String>> commands) {
        return look(node.address().isEmpty() ? config : ClusterSeeds.at(config, node.address()), commands);
    }

    /**
     * Looks once.
     *
     * @param commands whole commands, with keys as they would be named
     * @throws CacheUnavailableException where Redis does not answer
     */
    public static Facts look(RedisConfig config, List<List<String>> commands) {
        try (RedisLink link = new RedisLink(new OwnClient(config, LIMIT), Optional.empty(), Duration.ZERO, List.of())) {
            return new Facts(info(link), user(config.url().reveal()), clock(link), refused(link, commands));
        }
    }

    /** The same of a url alone. */
    public static Facts look(String url, List<List<String>> commands) {
        return look(RedisClients.plainly(url), commands);
    }

    private static Map<String, String> info(RedisLink link) {
        try {
            return ServerFitness.facts(ask(link, redis -> redis.info()));
        } catch (CacheUnavailableException e) {
            return RedisInspection.<Map<String, String>>ifRefused(e).orElse(Map.of());
        }
    }

    /** What stands before the password; Lettuce itself tells it to connections only. */
    private static String user(String url) {
        String authority = url.substring(url.indexOf("://") + 3).split("[/?#]", 2)[0];
        int at = authority.lastIndexOf('@');
        int colon = authority.indexOf(':');
        return colon > 0 && colon < at
                ? URLDecoder.decode(authority.substring(0, colon), StandardCharsets.UTF_8)
                : "default";
    }

    private static Optional<Clock> clock(RedisLink link) {
        try {
            long sent = System.nanoTime();
            long before = System.currentTimeMillis();
            List<byte[]> time = ask(link, RedisClusterAsyncCommands::time);
            Duration trip = Duration.ofNanos(System.nanoTime() - sent);
            long server =
                    Long.parseLong(Utf8.decode(time.get(0))) * 1000 + Long.parseLong(Utf8.decode(time.get(1))) / 1000;
            Duration half = trip.dividedBy(2);
            return Optional.of(new Clock(Duration.ofMillis(server - before).minus(half), half));
        } catch (CacheUnavailableException e) {
            return ifRefused(e);
        }
    }

    private static Optional<List<List<String>>> refused(RedisLink link, List<List<String>> commands) {
        ScriptCall call = new ScriptCall(RIGHTS);
        for (List<String> command : commands) {
            call.argument(command.size());
            command.forEach(call::argument);
        }
        try {
            List<List<String>> refused = new ArrayList<>();
            ask(link, redis -> link.run(redis, call))
                    .forEach(place -> refused.add(commands.get(Math.toIntExact(place) - 1)));
            return Optional.of(refused);
        } catch (CacheUnavailableException e) {
            return ifRefused(e);
        }
    }

    /** Empty where the server answered that the user may not; whom it does not know has asked nothing. */
    private static <T> Optional<T> ifRefused(CacheUnavailableException failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof RedisCommandExecutionException && !Refusal.asksFor(Refusal.Remedy.LOOK_AGAIN, cause)) {
                return Optional.empty();
            }
        }
        throw failure;
    }

    private static <T> T ask(
            RedisLink link, Function<RedisClusterAsyncCommands<byte[], byte[]>, CompletionStage<T>> question) {
        CompletableFuture<T> answer = link.ask("tell about itself", question);
        try {
            return answer.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof CacheUnavailableException away ? away : e;
        }
    }
}
