package dev.freshet.system.crash;

import java.sql.SQLException;

/** The moments at which a process is killed, each brought about from outside. */
enum CrashPoint {
    /** Kafka stands still: the listener has read the rows and has no acknowledgement for them. */
    LISTENER_BEFORE_KAFKA_ACK {
        @Override
        void play(CrashStage stage) throws SQLException {
            stage.prepareMuch();
            stage.suspendKafka();
            String position = stage.commit();
            stage.awaitSent(position);
            stage.longerThanAHeartbeat();
            stage.killListener();
            stage.resumeAll();
            stage.startListener();
        }
    },
    /** Some keys have gone, so Kafka has acknowledged records; the rest of the transaction and offsets are under way. */
    LISTENER_AROUND_OFFSET_STORE {
        @Override
        void play(CrashStage stage) throws SQLException {
            stage.prepareMuch();
            stage.commit();
            stage.awaitFirstGone();
            stage.aMoment();
            stage.killListener();
            stage.startListener();
        }
    },
    /** The walsender has sent a part of a transaction, up to a row amid others that share its position in the log. */
    LISTENER_INSIDE_A_TRANSACTION {
        @Override
        void play(CrashStage stage) throws SQLException {
            stage.prepareMuch();
            stage.suspendWalSender();
            stage.commit();
            stage.stutterWalSender();
            stage.killListener();
            stage.resumeAll();
            stage.startListener();
        }
    },
    /** The walsender stands still: everything went, offsets are stored, and the slot has not heard of it. */
    LISTENER_BEFORE_SLOT_FLUSH {
        @Override
        void play(CrashStage stage) throws SQLException {
            stage.prepare(4);
            String position = stage.commit();
            stage.awaitSent(position);
            stage.suspendWalSender();
            stage.awaitAllGone();
            stage.killListener();
            stage.resumeAll();
            stage.startListener();
        }
    },
    /** Redis stands still: the writer has taken records from Kafka and waits for its reply. */
    WRITER_BEFORE_REDIS {
        @Override
        void play(CrashStage stage) throws SQLException {
            stage.prepare(4);
            stage.suspendRedis();
            String position = stage.commit();
            stage.awaitSent(position);
            stage.aMoment();
            stage.killWriter();
            stage.resumeAll();
            stage.startWriter();
        }
    },
    /** Some keys have gone and Kafka stands still: the writer cannot commit what it has done. */
    WRITER_AFTER_REDIS_BEFORE_COMMIT {
        @Override
        void play(CrashStage stage) throws SQLException {
            stage.prepare(4);
            stage.commit();
            stage.awaitFirstGone();
            stage.suspendKafka();
            stage.aMoment();
            stage.killWriter();
            stage.resumeAll();
            stage.startWriter();
        }
    },
    /** The writer is stopped with a part of the keys gone, and killed there. */
    WRITER_AMID_ITS_BATCH {
        @Override
        void play(CrashStage stage) throws SQLException {
            stage.prepareMuch();
            stage.commit();
            stage.awaitFirstGone();
            stage.aMoment();
            stage.killWriter();
            stage.prepare(4);
            stage.commit();
            stage.startWriter();
        }
    },
    LISTENER_ANYWHERE {
        @Override
        void play(CrashStage stage) throws SQLException {
            stage.loadForAMoment();
            stage.killListener();
            stage.loadForAMoment();
            stage.startListener();
        }
    },
    WRITER_ANYWHERE {
        @Override
        void play(CrashStage stage) throws SQLException {
            stage.loadForAMoment();
            stage.killWriter();
            stage.loadForAMoment();
            stage.startWriter();
        }
    },
    BOTH_ANYWHERE {
        @Override
        void play(CrashStage stage) throws SQLException {
            stage.loadForAMoment();
            stage.killListener();
            stage.loadForAMoment();
            stage.killWriter();
            stage.loadForAMoment();
            stage.startListener();
            stage.startWriter();
        }
    };

    abstract void play(CrashStage stage) throws SQLException;
}
