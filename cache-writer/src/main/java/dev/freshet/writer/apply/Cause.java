package dev.freshet.writer.apply;

import dev.freshet.model.Position;
import dev.freshet.redis.Fence;
import java.util.Optional;

/**
 * The changes because of which keys go. Immutable.
 *
 * @param fence what fills must have seen
 * @param position of the newest; empty where that of any is not known
 */
record Cause(Fence fence, Optional<Position> position) {

    Cause and(Cause other) {
        return new Cause(
                fence.and(other.fence),
                position.flatMap(one -> other.position.map(two -> one.compareTo(two) >= 0 ? one : two)));
    }
}
