package dev.freshet.benchmarks;

import java.util.Optional;

/** Who takes part, in the order of a round. */
enum Contender {
    NONE(true) {
        @Override
        Optional<Rival> rival(Site site, Freshet.Setting setting, int round) {
            return Optional.of(Rivals.none());
        }
    },
    FLOOR(true) {
        @Override
        Optional<Rival> rival(Site site, Freshet.Setting setting, int round) {
            return Optional.of(Rivals.ownDelete(site));
        }
    },
    LIMIT(true) {
        @Override
        Optional<Rival> rival(Site site, Freshet.Setting setting, int round) {
            return Optional.of(Rivals.pgoutput(site));
        }
    },
    TRIGGER(true) {
        @Override
        Optional<Rival> rival(Site site, Freshet.Setting setting, int round) {
            return Optional.of(Rivals.trigger(site));
        }
    },
    CONNECT(false) {
        @Override
        Optional<Rival> rival(Site site, Freshet.Setting setting, int round) {
            return KafkaConnect.resolve(site, "connect" + round);
        }
    },
    FRESHET(true) {
        @Override
        Optional<Rival> rival(Site site, Freshet.Setting setting, int round) {
            return Optional.of(new Freshet(site, "bench" + round, setting));
        }
    };

    private final boolean quick;

    Contender(boolean quick) {
        this.quick = quick;
    }

    /** Whether it takes part in a quick run. */
    boolean quick() {
        return quick;
    }

    /** For one round; empty where it cannot take part. */
    abstract Optional<Rival> rival(Site site, Freshet.Setting setting, int round);
}
