package dev.freshet.benchmarks;

import dev.freshet.benchmarks.load.AfterCommit;
import dev.freshet.benchmarks.load.Source;
import dev.freshet.benchmarks.peer.PgoutputPeer;
import dev.freshet.benchmarks.peer.TriggerPeer;
import dev.freshet.benchmarks.resp.RespConnection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** What Freshet is measured beside, apart from Kafka Connect. */
final class Rivals {

    static final String NONE = "no pipeline";
    static final String TRIGGER = "trigger and NOTIFY";

    private static final String HEAP = "-Xmx128m";

    private Rivals() {}

    /** Nothing at all: what the source does by itself. */
    static Rival none() {
        return new WithoutProcess(NONE) {
            @Override
            public boolean takesEffect() {
                return false;
            }
        };
    }

    /** The application deletes the key itself after the commit: the floor. It misses every other writer. */
    static Rival ownDelete(Site site) {
        return new WithoutProcess("application's own delete") {
            @Override
            public boolean worksInTheApplication() {
                return true;
            }

            @Override
            public AfterCommit afterCommit() {
                RespConnection redis = site.redis();
                return new AfterCommit() {
                    @Override
                    public void committed(int row) {
                        redis.ask("UNLINK", prefix() + row);
                    }

                    @Override
                    public void close() {
                        redis.close();
                    }
                };
            }
        };
    }

    /** The log straight to Redis: the limit. */
    static Rival pgoutput(Site site) {
        return new OnePeer(site, "pgoutput reader", PgoutputPeer.class) {
            @Override
            void setUp() throws SQLException {
                site.source()
                        .run(
                                "CREATE PUBLICATION " + PgoutputPeer.NAME + " FOR TABLE " + Source.TABLE,
                                "SELECT pg_create_logical_replication_slot('" + PgoutputPeer.NAME + "', 'pgoutput')");
            }

            @Override
            public boolean keepsBacklog() {
                return true;
            }
        };
    }

    /** A trigger and a listener, as written by hand. */
    static Rival trigger(Site site) {
        return new OnePeer(site, TRIGGER, TriggerPeer.class) {
            @Override
            void setUp() throws SQLException {
                site.source().run(TriggerPeer.setup(Source.TABLE));
            }

            @Override
            public void close() throws SQLException {
                super.close();
                site.source().run(TriggerPeer.teardown());
            }
        };
    }

    private static class WithoutProcess implements Rival {

        private final String name;

        WithoutProcess(String name) {
            this.name = name;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public void attach() {}

        @Override
        public List<Long> processes() {
            return List.of();
        }

        @Override
        public void stop() {}

        @Override
        public void start() {}

        @Override
        public void close() {}
    }

    /** One process that runs a peer's main class. */
    private abstract static class OnePeer implements Rival {

        private final Site site;
        private final String name;
        private final Class<?> main;
        private Optional<ChildJvm> running = Optional.empty();

        OnePeer(Site site, String name, Class<?> main) {
            this.site = site;
            this.name = name;
            this.main = main;
        }

        abstract void setUp() throws SQLException;

        @Override
        public String name() {
            return name;
        }

        @Override
        public void attach() throws SQLException {
            setUp();
            start();
        }

        @Override
        public List<Long> processes() {
            return running.stream().map(ChildJvm::pid).toList();
        }

        @Override
        public void start() {
            ChildJvm.Program program =
                    ChildJvm.Program.of(main.getSimpleName(), main.getName(), List.of(HEAP), List.of());
            running = Optional.of(
                    ChildJvm.start(site.directory(), program.with(site.peer().environment())));
        }

        @Override
        public void stop() {
            running.ifPresent(ChildJvm::close);
            running = Optional.empty();
        }

        @Override
        public void close() throws SQLException {
            stop();
        }
    }
}
