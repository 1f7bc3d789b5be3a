package dev.freshet.stack;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * Some of PostgreSQL, Redis and Kafka, each one real server on a free port of the loopback interface.
 *
 * <p>They are child processes whose programs come from Maven artifacts; with {@code -Dfreshet.stack=containers} they
 * are containers. {@link #close()} ends them, and so does the end of this JVM. Where this JVM is killed, Linux ends
 * them with it; elsewhere the next stack that the same user starts ends them. That one also removes the files.
 *
 * <p>Thread-safe. Failures are {@link StackException}s.
 */
public final class EmbeddedStack implements AutoCloseable {

    private final Servers servers;
    private final LazyServer<PostgresServer> postgres;
    private final LazyServer<RedisServer> redis;
    private final LazyServer<KafkaServer> kafka;
    private final Thread shutdownHook;
    private final boolean shared;
    private boolean closed;

    private EmbeddedStack(
            Servers servers,
            LazyServer<PostgresServer> postgres,
            LazyServer<RedisServer> redis,
            LazyServer<KafkaServer> kafka,
            boolean shared) {
        this.servers = servers;
        this.postgres = postgres;
        this.redis = redis;
        this.kafka = kafka;
        this.shared = shared;
        this.shutdownHook = new Thread(this::end, "end of the embedded stack");
    }

    /** A stack without servers, to be told which ones to start. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * The one stack that the tests of this JVM share: ephemeral, without fsync, each server started when it is first
     * asked for. It ends with the JVM; {@link #close()} does nothing to it.
     */
    public static EmbeddedStack shared() {
        return Shared.STACK;
    }

    /** The PostgreSQL; an {@link IllegalStateException} if the stack was built without. */
    public PostgresServer postgres() {
        return postgres.get();
    }

    /** The Redis; an {@link IllegalStateException} if the stack was built without. */
    public RedisServer redis() {
        return redis.get();
    }

    /** The Kafka; an {@link IllegalStateException} if the stack was built without. */
    public KafkaServer kafka() {
        return kafka.get();
    }

    /** Ends all servers; an ephemeral stack leaves nothing behind. May be called again. */
    @Override
    public void close() {
        if (shared) {
            return;
        }
        try {
            Runtime.getRuntime().removeShutdownHook(shutdownHook);
        } catch (IllegalStateException alreadyShuttingDown) {
            // The hook does the same as this.
        }
        end();
    }

    private synchronized void end() {
        if (closed) {
            return;
        }
        closed = true;
        List<RuntimeException> failures = new ArrayList<>();
        for (Runnable step : List.<Runnable>of(kafka::close, redis::close, postgres::close, servers::close)) {
            try {
                step.run();
            } catch (RuntimeException e) {
                failures.add(e);
            }
        }
        if (!failures.isEmpty()) {
            RuntimeException first = failures.get(0);
            failures.stream().skip(1).forEach(first::addSuppressed);
            throw first;
        }
    }

    private void endWithThisJvm() {
        Runtime.getRuntime().addShutdownHook(shutdownHook);
    }

    private static final class Shared {
        static final EmbeddedStack STACK = start();

        private static EmbeddedStack start() {
            EmbeddedStack stack = new Builder().postgres().redis().kafka().create(true);
            stack.endWithThisJvm();
            return stack;
        }
    }

    /** What to start, and where. Confined to one thread. */
    public static final class Builder {

        private @Nullable Map<String, String> postgres;
        private @Nullable List<String> redis;
        private @Nullable Map<String, String> kafka;
        private @Nullable Path postgresJar;
        private @Nullable Path dataDir;
        private @Nullable Boolean fsync;
        private boolean endWithThisJvm = true;

        private Builder() {}

        /** With a PostgreSQL. */
        public Builder postgres() {
            return postgres(Map.of());
        }

        /** With a PostgreSQL, and settings of postgresql.conf that outrank the stack's own. */
        public Builder postgres(Map<String, String> settings) {
            this.postgres = Map.copyOf(settings);
            return this;
        }

        /** PostgreSQL from this artifact of io.zonky.test.postgres, instead of the one on the class path. */
        public Builder postgresFrom(Path jar) {
            this.postgresJar = jar;
            return this;
        }

        /** With a Redis. */
        public Builder redis() {
            return redis(List.of());
        }

        /** With a Redis, and arguments that outrank the stack's own, as {@code "--maxmemory", "10mb"}. */
        public Builder redis(List<String> args) {
            this.redis = List.copyOf(args);
            return this;
        }

        /** With a Kafka. */
        public Builder kafka() {
            return kafka(Map.of());
        }

        /** With a Kafka, and broker settings that outrank the stack's own. */
        public Builder kafka(Map<String, String> settings) {
            this.kafka = Map.copyOf(settings);
            return this;
        }

        /**
         * Keeps the data in a directory, made where it is missing; a later stack on it finds the data again, and the
         * same ports unless somebody took them. One stack may use it at a time.
         */
        public Builder dataDir(Path directory) {
            this.dataDir = directory;
            return this;
        }

        /**
         * Whether what a server acknowledged is on the disk, and so survives a crash of the machine. The default is
         * yes with a data directory and no without.
         */
        public Builder fsync(boolean on) {
            this.fsync = on;
            return this;
        }

        /**
         * Leaves ending the stack to {@link EmbeddedStack#close()}, for a program whose own shutdown hook still needs
         * the servers: hooks run all at once.
         */
        public Builder withoutShutdownHook() {
            this.endWithThisJvm = false;
            return this;
        }

        /** Starts the servers, all at once, and returns when they answer. If one fails, none is left. */
        public EmbeddedStack start() {
            EmbeddedStack stack = create(false);
            if (endWithThisJvm) {
                stack.endWithThisJvm();
            }
            List<CompletableFuture<Void>> starts = new ArrayList<>();
            if (postgres != null) {
                starts.add(startOf(stack.postgres));
            }
            if (redis != null) {
                starts.add(startOf(stack.redis));
            }
            if (kafka != null) {
                starts.add(startOf(stack.kafka));
            }
            try {
                CompletableFuture.allOf(starts.toArray(CompletableFuture[]::new))
                        .join();
                return stack;
            } catch (CompletionException e) {
                RuntimeException failure = e.getCause() instanceof RuntimeException cause ? cause : e;
                try {
                    stack.close();
                } catch (RuntimeException second) {
                    failure.addSuppressed(second);
                }
                throw failure;
            }
        }

        private static CompletableFuture<Void> startOf(LazyServer<?> server) {
            CompletableFuture<Void> started = new CompletableFuture<>();
            Thread starter = new Thread(
                    () -> {
                        try {
                            server.get();
                            started.complete(null);
                        } catch (RuntimeException | Error e) {
                            started.completeExceptionally(e);
                        }
                    },
                    "start of " + server);
            starter.setDaemon(true);
            starter.start();
            return started;
        }

        private EmbeddedStack create(boolean shared) {
            Servers servers = servers();
            return new EmbeddedStack(
                    servers,
                    LazyServer.of("postgres", postgres, servers::postgres),
                    LazyServer.of("redis", redis, servers::redis),
                    LazyServer.of("kafka", kafka, servers::kafka),
                    shared);
        }

        private Servers servers() {
            String sort = System.getProperty("freshet.stack", "embedded");
            return switch (sort) {
                case "embedded" -> embedded();
                case "containers" -> containers();
                default ->
                    throw new StackException(
                            "-Dfreshet.stack=" + sort + " is none of: embedded (the default), containers");
            };
        }

        private Servers containers() {
            if (postgresJar != null) {
                throw new StackException("-Dfreshet.stack=containers runs no programs from " + postgresJar
                        + ": leave the property out for embedded servers");
            }
            if (dataDir != null) {
                throw new StackException("-Dfreshet.stack=containers keeps nothing in a data directory, but " + dataDir
                        + " is asked for: leave the property out for embedded servers");
            }
            return ContainerServers.start(fsync != null && fsync);
        }

        private Servers embedded() {
            return dataDir == null
                    ? EmbeddedServers.ephemeral(fsync != null && fsync, postgresJar)
                    : EmbeddedServers.in(dataDir, fsync == null || fsync, postgresJar);
        }
    }
}
