package dev.freshet.benchmarks;

/** What may be measured of each rival. */
enum Part {
    /** What it uses while nothing changes. */
    IDLE,
    /** From a commit's return to the effect, at steady rates. */
    LATENCY,
    /** How many commits the source takes. */
    WRITES,
    /** Changes that come all at once while it runs. */
    BURST,
    /** Changes that wait when it starts. */
    DRAIN,
    /** The highest rate at which the backlog does not grow. */
    SUSTAINED,
    /** What Debezium's engine, the listener and the writer manage by themselves. */
    STAGES,
    /** How the cost grows with the configuration; of Freshet alone. */
    SCALING
}
