package dev.freshet.system.faults;

import dev.freshet.stack.Server;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/** What may happen to the pipeline. Each fault is struck at some moment of the load and undone a while later. */
@SuppressWarnings("ImmutableEnumChecker") // its sets are
enum Fault {
    LISTENER_KILLED(Target.LISTENER) {
        @Override
        Undo strike(Stage stage, Random random) throws Exception {
            Part active = stage.activeListener();
            active.kill();
            return active::start;
        }
    },
    LISTENERS_KILLED(Target.LISTENER) {
        @Override
        Undo strike(Stage stage, Random random) {
            stage.listeners().forEach(Part::kill);
            return () -> stage.listeners().forEach(Part::start);
        }
    },
    LISTENER_PAUSED(Target.LISTENER) {
        @Override
        Undo strike(Stage stage, Random random) throws Exception {
            Part active = stage.activeListener();
            active.suspend();
            return active::resume;
        }
    },
    /** So long that the standby takes over, and the active one comes back to a slot that it lost. */
    LISTENER_LOST_ITS_SLOT(13_000, Target.LISTENER) {
        @Override
        Undo strike(Stage stage, Random random) throws Exception {
            return LISTENER_PAUSED.strike(stage, random);
        }
    },
    LISTENER_RESTARTED(Target.LISTENER) {
        @Override
        Undo strike(Stage stage, Random random) throws Exception {
            Part active = stage.activeListener();
            active.stop();
            return active::start;
        }
    },
    LISTENER_POSTGRES_CUT(Target.LISTENER) {
        @Override
        Undo strike(Stage stage, Random random) throws Exception {
            return Way.CUT.strike(stage.activeListener().postgres());
        }
    },
    LISTENER_POSTGRES_HELD(Target.LISTENER) {
        @Override
        Undo strike(Stage stage, Random random) throws Exception {
            return Way.HELD.strike(stage.activeListener().postgres());
        }
    },
    LISTENER_POSTGRES_SLOW(Target.LISTENER) {
        @Override
        Undo strike(Stage stage, Random random) throws Exception {
            return Way.SLOW.strike(stage.activeListener().postgres());
        }
    },
    LISTENER_POSTGRES_SILENT(Target.LISTENER) {
        @Override
        Undo strike(Stage stage, Random random) throws Exception {
            return Way.SILENT.strike(stage.activeListener().postgres());
        }
    },
    /** Somebody drops the slot while no listener runs; rows go on changing. */
    SLOT_DROPPED(Target.LISTENER, Target.POSTGRES) {
        @Override
        Undo strike(Stage stage, Random random) throws Exception {
            stage.listeners().forEach(Part::kill);
            Moments.until(
                    "the slot is dropped",
                    () -> stage.query("SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE active")
                                    .isEmpty()
                            && stage.query(
                                            "SELECT count(pg_drop_replication_slot(slot_name)) FROM pg_replication_slots")
                                    .equals("1"));
            return () -> stage.listeners().forEach(Part::start);
        }
    },
    /** Somebody reads the slot while no listener runs. */
    SLOT_ADVANCED(Target.LISTENER, Target.POSTGRES) {
        @Override
        Undo strike(Stage stage, Random random) {
            stage.listeners().forEach(Part::kill);
            return () -> {
                Moments.until(
                        "the slot is advanced",
                        () -> stage.query(
                                        "SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE active")
                                .isEmpty());
                var unused = stage.query("SELECT end_lsn FROM pg_replication_slots,"
                        + " pg_replication_slot_advance(slot_name, pg_current_wal_lsn())");
                stage.listeners().forEach(Part::start);
            };
        }
    },

    WRITER_KILLED(Target.WRITER) {
        @Override
        Undo strike(Stage stage, Random random) {
            Part writer = stage.aWriter(random);
            writer.kill();
            return writer::start;
        }
    },
    WRITERS_KILLED(Target.WRITER) {
        @Override
        Undo strike(Stage stage, Random random) {
            stage.writers().forEach(Part::kill);
            return () -> stage.writers().forEach(Part::start);
        }
    },
    /** One leaves in good order and comes again: what it had is dealt out under load. */
    WRITER_LEAVES(Target.WRITER) {
        @Override
        Undo strike(Stage stage, Random random) {
            Part writer = stage.aWriter(random);
            writer.stop();
            return writer::start;
        }
    },
    WRITER_PAUSED(Target.WRITER) {
        @Override
        Undo strike(Stage stage, Random random) {
            Part writer = stage.aWriter(random);
            writer.suspend();
            return writer::resume;
        }
    },
    /** So long that its partitions are given to the other; then it goes on where it stood. */
    WRITER_LOST_ITS_PARTITIONS(8_000, Target.WRITER) {
        @Override
        Undo strike(Stage stage, Random random) throws Exception {
            return WRITER_PAUSED.strike(stage, random);
        }
    },
    WRITER_POSTGRES_CUT(Target.WRITER) {
        @Override
        Undo strike(Stage stage, Random random) {
            return Way.CUT.strike(stage.aWriter(random).postgres());
        }
    },
    WRITER_POSTGRES_HELD(Target.WRITER) {
        @Override
        Undo strike(Stage stage, Random random) {
            return Way.HELD.strike(stage.aWriter(random).postgres());
        }
    },
    WRITER_POSTGRES_SLOW(Target.WRITER) {
        @Override
        Undo strike(Stage stage, Random random) {
            return Way.SLOW.strike(stage.aWriter(random).postgres());
        }
    },
    WRITER_POSTGRES_SILENT(Target.WRITER) {
        @Override
        Undo strike(Stage stage, Random random) {
            return Way.SILENT.strike(stage.aWriter(random).postgres());
        }
    },
    WRITER_REDIS_CUT(Target.WRITER) {
        @Override
        Undo strike(Stage stage, Random random) {
            return Way.CUT.strike(stage.aWriter(random).redis());
        }
    },
    WRITER_REDIS_HELD(Target.WRITER) {
        @Override
        Undo strike(Stage stage, Random random) {
            return Way.HELD.strike(stage.aWriter(random).redis());
        }
    },
    WRITER_REDIS_SLOW(Target.WRITER) {
        @Override
        Undo strike(Stage stage, Random random) {
            return Way.SLOW.strike(stage.aWriter(random).redis());
        }
    },
    WRITER_REDIS_SILENT(Target.WRITER) {
        @Override
        Undo strike(Stage stage, Random random) {
            return Way.SILENT.strike(stage.aWriter(random).redis());
        }
    },

    KAFKA_KILLED(Target.KAFKA) {
        @Override
        Undo strike(Stage stage, Random random) {
            return killed(stage.servers().kafka());
        }
    },
    KAFKA_RESTARTED(Target.KAFKA) {
        @Override
        Undo strike(Stage stage, Random random) {
            return stopped(stage.servers().kafka());
        }
    },
    KAFKA_PAUSED(Target.KAFKA) {
        @Override
        Undo strike(Stage stage, Random random) {
            return Moments.paused(stage.servers().kafka());
        }
    },
    KAFKA_CUT(Target.KAFKA) {
        @Override
        Undo strike(Stage stage, Random random) {
            return Way.CUT.strike(stage.kafka());
        }
    },
    KAFKA_HELD(Target.KAFKA) {
        @Override
        Undo strike(Stage stage, Random random) {
            return Way.HELD.strike(stage.kafka());
        }
    },
    KAFKA_SLOW(Target.KAFKA) {
        @Override
        Undo strike(Stage stage, Random random) {
            return Way.SLOW.strike(stage.kafka());
        }
    },
    KAFKA_SILENT(Target.KAFKA) {
        @Override
        Undo strike(Stage stage, Random random) {
            return Way.SILENT.strike(stage.kafka());
        }
    },
    /** Retention passes while no writer runs. */
    RECORDS_DELETED(Target.KAFKA, Target.WRITER) {
        @Override
        Undo strike(Stage stage, Random random) {
            stage.writers().forEach(Part::kill);
            return () -> {
                Topics.deleteRecords(stage.admin());
                stage.writers().forEach(Part::start);
            };
        }
    },
    /** Somebody deletes the tables' topics while no writer runs, and makes them again. */
    TOPICS_RECREATED(Target.KAFKA, Target.WRITER) {
        @Override
        Undo strike(Stage stage, Random random) throws Exception {
            stage.writers().forEach(Part::kill);
            Topics.delete(stage.admin());
            Topics.create(stage.admin());
            return () -> stage.writers().forEach(Part::start);
        }
    },

    /** Without persistence: all is lost. */
    REDIS_KILLED(Target.REDIS) {
        @Override
        Undo strike(Stage stage, Random random) {
            return killed(stage.servers().redis());
        }
    },
    /** It comes back as it was a while before, as a replica does that missed the last writes. */
    REDIS_CAME_BACK_OLDER(Target.REDIS) {
        @Override
        Undo strike(Stage stage, Random random) throws Exception {
            stage.redis().save();
            return () -> {
                stage.servers().redis().kill();
                stage.servers().redis().start();
                RedisFiles.forget(stage.redis());
            };
        }
    },
    REDIS_FLUSHED(Target.REDIS) {
        @Override
        Undo strike(Stage stage, Random random) {
            stage.redis().flushall();
            return () -> {};
        }
    },
    REDIS_PAUSED(Target.REDIS) {
        @Override
        Undo strike(Stage stage, Random random) {
            return Moments.paused(stage.servers().redis());
        }
    },
    REDIS_FULL(Target.REDIS) {
        @Override
        Undo strike(Stage stage, Random random) {
            stage.redis().configSet("maxmemory", "1mb");
            return () -> stage.redis().configSet("maxmemory", "0");
        }
    },
    /** Redis refuses writes as long as it cannot save. */
    REDIS_DISK_FULL(Target.REDIS) {
        @Override
        Undo strike(Stage stage, Random random) throws Exception {
            return RedisFiles.full(stage.redis());
        }
    },
    REDIS_READ_ONLY(Target.REDIS) {
        @Override
        Undo strike(Stage stage, Random random) {
            // A master that is not there: what it holds stays.
            stage.redis().replicaof("127.0.0.1", 1);
            return () -> stage.redis().replicaofNoOne();
        }
    },
    /** A script that does not end: others hear BUSY. */
    REDIS_BUSY(Target.REDIS) {
        @Override
        Undo strike(Stage stage, Random random) {
            return RedisFiles.busy(stage.redis(), stage.servers().redis().url());
        }
    },
    REDIS_SCRIPTS_FLUSHED(Target.REDIS) {
        @Override
        Undo strike(Stage stage, Random random) {
            stage.redis().scriptFlush();
            return () -> stage.redis().scriptFlush();
        }
    },
    READERS_REDIS_CUT(Target.REDIS) {
        @Override
        Undo strike(Stage stage, Random random) {
            return Way.CUT.strike(stage.readersRedis());
        }
    },
    READERS_REDIS_HELD(Target.REDIS) {
        @Override
        Undo strike(Stage stage, Random random) {
            return Way.HELD.strike(stage.readersRedis());
        }
    },
    READERS_REDIS_SLOW(Target.REDIS) {
        @Override
        Undo strike(Stage stage, Random random) {
            return Way.SLOW.strike(stage.readersRedis());
        }
    },
    READERS_REDIS_SILENT(Target.REDIS) {
        @Override
        Undo strike(Stage stage, Random random) {
            return Way.SILENT.strike(stage.readersRedis());
        }
    },

    POSTGRES_KILLED(Target.POSTGRES) {
        @Override
        Undo strike(Stage stage, Random random) {
            return killed(stage.servers().postgres());
        }
    },
    /** Commits do not wait for the disk: what readers have seen and cached is taken back. */
    POSTGRES_LOST_COMMITS(Target.POSTGRES) {
        @Override
        void prepare(Stage stage) throws Exception {
            stage.setting("synchronous_commit", "off");
            stage.setting("wal_writer_delay", "2s");
        }

        @Override
        Undo strike(Stage stage, Random random) throws Exception {
            String seen = stage.query(NEWEST);
            Undo killed = killed(stage.servers().postgres());
            return () -> {
                killed.undo();
                stage.setting("wal_writer_delay", "200ms");
                stage.chronicle().tell("the newest version was " + seen + " and is " + stage.query(NEWEST));
            };
        }

        @Override
        void clear(Stage stage) throws Exception {
            stage.setting("synchronous_commit", "on");
        }
    },
    POSTGRES_RESTARTED(Target.POSTGRES) {
        @Override
        Undo strike(Stage stage, Random random) {
            return stopped(stage.servers().postgres());
        }
    },
    POSTGRES_PAUSED(Target.POSTGRES) {
        @Override
        Undo strike(Stage stage, Random random) {
            return Moments.paused(stage.servers().postgres());
        }
    },
    BACKENDS_TERMINATED(Target.POSTGRES) {
        @Override
        Undo strike(Stage stage, Random random) throws Exception {
            var unused = stage.query("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = '"
                    + Stage.PIPELINE + "' AND pid <> pg_backend_pid()");
            return () -> {};
        }
    },
    /** Commits are in the log and nobody sees them, for a moment. */
    COMMITS_HELD(Target.POSTGRES) {
        @Override
        Undo strike(Stage stage, Random random) throws Exception {
            return Moments.commitsHeld(stage);
        }
    },
    /**
     * The same for longer than a fence lives, while the writers are killed and start again: so late that nothing but the
     * invisible commits themselves keeps their offsets from being committed.
     */
    COMMITS_HELD_AND_WRITERS_KILLED(6_000, Target.POSTGRES, Target.WRITER) {
        @Override
        Undo strike(Stage stage, Random random) throws Exception {
            Undo held = Moments.commitsHeld(stage);
            Moments.pass(Stage.WINDOW.multipliedBy(2).dividedBy(3).plusMillis(random.nextInt(800)));
            stage.writers().forEach(Part::kill);
            stage.writers().forEach(Part::start);
            return held;
        }
    };

    /** Two faults of one round have no target in common. */
    enum Target {
        LISTENER,
        WRITER,
        KAFKA,
        REDIS,
        POSTGRES
    }

    /** Ends a fault. */
    @FunctionalInterface
    interface Undo {
        void undo() throws Exception;
    }

    private static final String NEWEST = "SELECT max(version) FROM (SELECT version FROM book UNION ALL SELECT version"
            + " FROM item UNION ALL SELECT version FROM plain) AS versions";
    private static final int ANY_LENGTH = -1;
    private static final Set<Fault> LONG =
            EnumSet.of(LISTENER_LOST_ITS_SLOT, LISTENER_POSTGRES_SILENT, WRITER_POSTGRES_SILENT, KAFKA_SILENT);

    private final int millis;
    private final Set<Target> targets;

    Fault(Target... targets) {
        this(ANY_LENGTH, targets);
    }

    /** @param millis how long it has to last */
    Fault(int millis, Target... targets) {
        this.millis = millis;
        this.targets = Set.copyOf(List.of(targets));
    }

    /** Before the load begins. */
    void prepare(Stage stage) throws Exception {}

    /** When all is judged. */
    void clear(Stage stage) throws Exception {}

    abstract Undo strike(Stage stage, Random random) throws Exception;

    /** Whether it, or its being noticed, takes much longer than others. */
    boolean isLong() {
        return LONG.contains(this);
    }

    Set<Target> targets() {
        return targets;
    }

    Duration length(Random random) {
        int drawn = 200 + random.nextInt(2_400);
        return Duration.ofMillis(millis == ANY_LENGTH ? drawn : millis + drawn / 4);
    }

    private static Undo killed(Server server) {
        server.kill();
        return server::start;
    }

    private static Undo stopped(Server server) {
        server.stop();
        return server::start;
    }

    /** What happens to a link. */
    private enum Way {
        CUT {
            @Override
            void to(Link link) {
                link.cut();
            }
        },
        HELD {
            @Override
            void to(Link link) {
                link.hold();
            }
        },
        SLOW {
            @Override
            void to(Link link) {
                link.slow(50);
            }
        },
        SILENT {
            @Override
            void to(Link link) {
                link.silence();
            }
        };

        abstract void to(Link link);

        Undo strike(Link link) {
            to(link);
            return link::heal;
        }
    }
}
