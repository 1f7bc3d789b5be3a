package dev.freshet.redis;

import io.lettuce.core.RedisCommandExecutionException;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The kinds of refusal that Redis names by the first word of an error, and what follows from each. One that is not here is
 * told and tried again as it is. All but {@link #OOM}, {@link #NOSCRIPT} and, for a while, {@link #TRYAGAIN}, which are dealt with on the spot, fail the
 * call as unavailable: whoever asked keeps its place and asks again.
 */
enum Refusal {
    /** Only what stores is refused: what a refresh would have stored is removed instead. */
    OOM(Remedy.REMOVE_INSTEAD, "raise maxmemory, or choose an eviction policy"),
    NOSCRIPT(Remedy.LOAD_SCRIPT, "the script is loaded again"),
    LOADING(Remedy.WAIT, "it loads its data and answers when that is done"),
    BUSY(Remedy.WAIT, "a script runs for long: SCRIPT KILL ends one that has written nothing"),
    MASTERDOWN(Remedy.LOOK_AGAIN, "it is a replica that has lost its primary"),
    READONLY(Remedy.LOOK_AGAIN, "it is a replica: name the primary, or the sentinels that know it"),
    NOREPLICAS(Remedy.WAIT, "fewer replicas follow it than min-replicas-to-write asks for"),
    MISCONF(Remedy.WAIT, "it cannot save its data and refuses writes: see its log, or stop-writes-on-bgsave-error"),
    NOAUTH(Remedy.LOOK_AGAIN, "redis.url needs a user and password"),
    WRONGPASS(Remedy.LOOK_AGAIN, "the user or the password in redis.url is wrong"),
    NOPERM(
            Remedy.WAIT,
            "its user lacks a right: freshet doctor names it with the ACL SETUSER that grants it, ACL LOG what was refused"),
    TRYAGAIN(
            Remedy.TRY_AGAIN,
            "a slot's keys are being moved: CLUSTER NODES names the slots that are open, redis-cli --cluster fix ends"
                    + " a move that was given up"),
    MOVED(Remedy.WAIT, Refusal.A_CLUSTER),
    ASK(Remedy.WAIT, Refusal.A_CLUSTER),
    CLUSTERDOWN(Remedy.WAIT, "some slots of the cluster have no primary that answers"),
    CROSSSLOT(Remedy.WAIT, Refusal.A_CLUSTER);

    private static final String A_CLUSTER = "it is a node of a cluster: write redis+cluster:// in redis.url";

    /** What follows. */
    enum Remedy {
        REMOVE_INSTEAD,
        LOAD_SCRIPT,
        /** Nothing of the call was done: it is put again, for a while. */
        TRY_AGAIN,
        /** The same connection will do once the server's state has changed. */
        WAIT,
        /** Another connection may lead to another server, or know the user by now. */
        LOOK_AGAIN
    }

    private final Remedy remedy;
    private final String mend;

    Refusal(Remedy remedy, String mend) {
        this.remedy = remedy;
        this.mend = mend;
    }

    Remedy remedy() {
        return remedy;
    }

    /** For people. */
    String mend() {
        return mend;
    }

    /** The kind of an error that Redis replied; empty for another failure. */
    static Optional<Refusal> of(Throwable failure) {
        if (!(failure instanceof RedisCommandExecutionException) || failure.getMessage() == null) {
            return Optional.empty();
        }
        String message = failure.getMessage();
        // Inside a script Redis tells the same in words, and they differ between versions.
        if (message.contains("executing the script can't") || message.contains("ACL failure in script")) {
            return Optional.of(NOPERM);
        }
        String word = message.split(" ", 2)[0];
        return Stream.of(values()).filter(kind -> kind.name().equals(word)).findFirst();
    }

    static boolean asksFor(Remedy remedy, Throwable failure) {
        return of(failure).filter(kind -> kind.remedy == remedy).isPresent();
    }
}
