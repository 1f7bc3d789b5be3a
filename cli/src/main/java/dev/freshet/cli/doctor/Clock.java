package dev.freshet.cli.doctor;

import java.time.Duration;

/**
 * A server's clock beside this machine's.
 *
 * @param uncertain by how much {@code ahead} may be wrong: half of the question's way there and back
 */
record Clock(String server, String path, Duration ahead, Duration uncertain) {

    static final Clock HERE = new Clock("this machine", "writer", Duration.ZERO, Duration.ZERO);
}
