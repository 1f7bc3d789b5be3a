package dev.freshet.stack;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.kafka.KafkaContainer;
import org.testcontainers.postgresql.PostgreSQLContainer;
import org.testcontainers.utility.DockerImageName;

/** Servers that are containers, started by Testcontainers, which also ends what a killed process left. */
final class ContainerServers implements Servers {

    private static final int POSTGRES_PORT = 5432;
    private static final int REDIS_PORT = 6379;
    private static final int KAFKA_PORT = 9092;

    private final boolean fsync;

    private ContainerServers(boolean fsync) {
        this.fsync = fsync;
    }

    /** Fails at once where there is no Docker, and not only when the first server is asked for. */
    static ContainerServers start(boolean fsync) {
        if (!DockerClientFactory.instance().isDockerAvailable()) {
            throw new StackException("-Dfreshet.stack=containers needs a Docker that answers: start it, or leave the"
                    + " property out for embedded servers");
        }
        return new ContainerServers(fsync);
    }

    @Override
    public PostgresServer postgres(Map<String, String> settings) {
        String major = System.getProperty("freshet.postgres.major", "17");
        List<String> command = new ArrayList<>(List.of("postgres"));
        Settings.postgres(fsync, settings).forEach((name, value) -> command.addAll(List.of("-c", name + "=" + value)));
        PostgreSQLContainer container = new PostgreSQLContainer(DockerImageName.parse("postgres:" + major));
        container.withUsername("postgres").withDatabaseName("postgres");
        container.setCommand(command.toArray(String[]::new));
        return new Postgres(container);
    }

    @Override
    public RedisServer redis(List<String> args) {
        List<String> command = new ArrayList<>(List.of("redis-server"));
        command.addAll(Settings.redis(fsync, args));
        GenericContainer<?> container = new GenericContainer<>(DockerImageName.parse("redis:7.0.15"));
        container.addExposedPort(REDIS_PORT);
        container.setCommand(command.toArray(String[]::new));
        return new Redis(container);
    }

    @Override
    public KafkaServer kafka(Map<String, String> settings) {
        KafkaContainer container = new KafkaContainer(DockerImageName.parse("apache/kafka:4.3.1"));
        Settings.kafka(fsync, settings).forEach((name, value) -> container.addEnv(variable(name), value));
        return new Kafka(container);
    }

    @Override
    public void close() {}

    /** The environment variable by which the image takes a setting. */
    static String variable(String setting) {
        return "KAFKA_"
                + setting.replace("_", "__")
                        .replace("-", "___")
                        .replace('.', '_')
                        .toUpperCase(Locale.ROOT);
    }

    private static final class Postgres extends ContainerServer implements PostgresServer {
        private final PostgreSQLContainer container;

        Postgres(PostgreSQLContainer container) {
            super(container, POSTGRES_PORT);
            this.container = container;
        }

        @Override
        boolean isReady() throws IOException {
            return Wire.postgresAnswers(port());
        }

        @Override
        public String user() {
            return container.getUsername();
        }

        @Override
        public String password() {
            return container.getPassword();
        }

        @Override
        public String jdbcUrl(String database) {
            return "jdbc:postgresql://" + address() + "/" + database;
        }
    }

    private static final class Redis extends ContainerServer implements RedisServer {
        Redis(GenericContainer<?> container) {
            super(container, REDIS_PORT);
        }

        @Override
        boolean isReady() throws IOException {
            return Wire.redisAnswers(port());
        }

        @Override
        public String url() {
            return "redis://" + address();
        }
    }

    private static final class Kafka extends ContainerServer implements KafkaServer {
        Kafka(KafkaContainer container) {
            super(container, KAFKA_PORT);
        }

        @Override
        boolean isReady() throws IOException {
            return Wire.kafkaAnswers(port());
        }

        @Override
        public String bootstrapServers() {
            return address();
        }
    }
}
