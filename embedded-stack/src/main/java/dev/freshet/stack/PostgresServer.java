package dev.freshet.stack;

/** A PostgreSQL with {@code wal_level=logical}, and a superuser that signs in by password. */
public interface PostgresServer extends Server {

    String host();

    int port();

    /** The superuser's name. */
    String user();

    /** The superuser's password, made up when the cluster was created. */
    String password();

    /** The JDBC address of a database, without credentials; {@code postgres} always exists. */
    String jdbcUrl(String database);
}
