package dev.freshet.stack;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A postgres as a child process, in a cluster of its own. */
final class EmbeddedPostgres extends ChildServer implements PostgresServer {

    private static final String USER = "postgres";
    private static final String CONF = "freshet.conf";
    private static final Pattern VERSION = Pattern.compile("PostgreSQL\\) (\\d+)");
    private static final int STATUS_LINE = 7;

    private final Map<String, String> settings;
    private final Privileges privileges;
    private final Path binaries;
    private final Path cluster;
    private final String password;

    /** @param settings those of postgresql.conf, which outrank the ones here */
    EmbeddedPostgres(Place place, Map<String, String> settings) {
        super("postgres", "INT", place);
        this.settings = Map.copyOf(settings);
        this.privileges = Privileges.forPostgres();
        this.binaries = place.binaries().postgres(Platform.current());
        this.cluster = directory().resolve("data");
        this.password = password(directory().resolve("password"));
    }

    @Override
    void prepare() {
        String major = major();
        if (Files.exists(cluster)) {
            requireMajor(Directories.read(cluster.resolve("PG_VERSION")), major);
        } else {
            createCluster();
        }
        Directories.write(cluster.resolve(CONF), conf());
        privileges.hand(cluster);
    }

    @Override
    List<String> privileges() {
        return privileges.prefix();
    }

    @Override
    List<String> command() {
        return List.of(program("postgres"), "-D", cluster.toString());
    }

    /** By the last line of the file in which the server tells pg_ctl how far it is. */
    @Override
    boolean isReady() throws IOException {
        List<String> lines = Files.readAllLines(cluster.resolve("postmaster.pid"));
        return lines.size() > STATUS_LINE
                && lines.get(0).strip().equals(Long.toString(pid()))
                && lines.get(STATUS_LINE).strip().equals("ready");
    }

    @Override
    public String user() {
        return USER;
    }

    @Override
    public String password() {
        return password;
    }

    @Override
    public String jdbcUrl(String database) {
        return "jdbc:postgresql://" + address() + "/" + database;
    }

    private String program(String name) {
        return binaries.resolve("bin").resolve(name).toString();
    }

    private String major() {
        String printed = Program.run("postgres --version", List.of(program("postgres"), "--version"), directory());
        Matcher version = VERSION.matcher(printed);
        if (!version.find()) {
            throw new StackException(program("postgres") + " printed no version: " + printed.strip());
        }
        String wanted = System.getProperty("freshet.postgres.major", version.group(1));
        if (place().binaries().postgresOfTheBuild() && !wanted.equals(version.group(1))) {
            throw new StackException("PostgreSQL " + wanted + " is asked for by -Dfreshet.postgres.major, but the class"
                    + " path has the binaries of " + version.group(1) + ": build with -Dfreshet.postgres.major="
                    + wanted
                    + ", or with -Dpostgres.binaries.version=" + wanted + ".MINOR.0 for one that has no profile");
        }
        return version.group(1);
    }

    private void requireMajor(String found, String major) {
        if (!found.equals(major)) {
            throw new StackException("the cluster in " + cluster + " is of PostgreSQL " + found + ", the binaries of "
                    + major + ": choose another data directory, or -Dfreshet.postgres.major=" + found);
        }
    }

    // Made beside its place and moved there whole, so that an interrupted start leaves no half cluster.
    private void createCluster() {
        Path fresh = directory().resolve("data.new");
        Path passwordFile = directory().resolve("initdb.password");
        if (Files.exists(fresh)) {
            Directories.delete(fresh);
        }
        try {
            Files.createDirectory(
                    fresh, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            Files.deleteIfExists(passwordFile);
            writeSecret(passwordFile, password);
            privileges.hand(fresh);
            privileges.hand(passwordFile);
            Program.run("initdb", initdb(fresh, passwordFile), directory());
            Files.delete(passwordFile);
            Files.writeString(
                    fresh.resolve("postgresql.conf"), "\ninclude '" + CONF + "'\n", StandardOpenOption.APPEND);
            Files.move(fresh, cluster, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new StackException("cannot create a PostgreSQL cluster in " + cluster, e);
        }
    }

    private List<String> initdb(Path data, Path passwordFile) {
        List<String> command = new ArrayList<>(privileges.prefix());
        command.addAll(List.of(program("initdb"), "-D", data.toString(), "-U", USER));
        command.addAll(List.of("--auth=scram-sha-256", "--pwfile=" + passwordFile));
        command.addAll(List.of("--encoding=UTF8", "--no-locale"));
        if (!place().fsync()) {
            command.add("--no-sync");
        }
        return command;
    }

    private String conf() {
        Map<String, String> all = Settings.postgres(place().fsync(), settings);
        all.put("listen_addresses", Ports.HOST);
        all.put("port", Integer.toString(port()));
        all.put("unix_socket_directories", "");
        StringBuilder conf = new StringBuilder();
        all.forEach((name, value) -> conf.append(name)
                .append(" = '")
                .append(value.replace("'", "''"))
                .append("'\n"));
        return conf.toString();
    }

    private static String password(Path file) {
        if (Files.exists(file)) {
            return Directories.read(file);
        }
        byte[] random = new byte[16];
        new SecureRandom().nextBytes(random);
        String password = HexFormat.of().formatHex(random);
        try {
            writeSecret(file, password);
        } catch (IOException e) {
            throw new StackException("cannot write " + file + ": make its directory writable", e);
        }
        return password;
    }

    private static void writeSecret(Path file, String secret) throws IOException {
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(file, secret + "\n");
    }
}
