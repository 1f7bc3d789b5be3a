package dev.freshet.writer.acknowledge;

import dev.freshet.model.Snapshot;
import dev.freshet.redis.KeyCommand;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.apache.kafka.common.TopicPartition;

/**
 * Says which offsets may be committed: those before the first batch that Redis has not settled or whose transactions no
 * snapshot of the source has seen yet (rule 4). What was applied and stays invisible is applied again before half of its
 * fence's life is over. Confined to one thread.
 */
public final class Acknowledgements {

    /** What one poll applied. */
    private static final class Batch {
        private final Map<TopicPartition, Long> next;
        private final Map<Long, Long> unseen;
        private final List<KeyCommand> commands;
        private final List<Supplier<CompletableFuture<Void>>> sweeps;
        private CompletableFuture<Void> settled;
        private Instant applied;

        Batch(
                Map<TopicPartition, Long> next,
                Map<Long, Long> unseen,
                List<KeyCommand> commands,
                List<Supplier<CompletableFuture<Void>>> sweeps,
                CompletableFuture<Void> settled,
                Instant applied) {
            this.next = new HashMap<>(next);
            this.unseen = new HashMap<>(unseen);
            this.commands = List.copyOf(commands);
            this.sweeps = List.copyOf(sweeps);
            this.settled = settled;
            this.applied = applied;
        }

        private int held() {
            return commands.size() + sweeps.size();
        }

        /** What is started again settles the batch, too: until then nothing says that it was done. */
        private void startAgain(Supplier<CompletableFuture<Void>> sweep) {
            settled = CompletableFuture.allOf(settled, sweep.get());
        }
    }

    private final Duration half;
    private final Duration renewal;
    private final Deque<Batch> batches = new ArrayDeque<>();
    private int held;
    private long settledBefore;

    /** @param fenceWindow how long a fence lives */
    public Acknowledgements(Duration fenceWindow) {
        this.half = fenceWindow.dividedBy(2);
        this.renewal = fenceWindow.multipliedBy(2).dividedBy(5);
    }

    /**
     * Redis has replied to a batch.
     *
     * @param next by partition, the offset after the batch's last record
     * @param transactions the batch's transactions, 64 bits, each with the epoch of its changes
     * @param commands what was applied, to be applied again
     * @param sweeps start the batch's sweeps again; each returns what completes when it is over, and never fails
     * @param settled completes when nothing that the batch started is under way any more; never fails
     */
    public void applied(
            Map<TopicPartition, Long> next,
            Map<Long, Long> transactions,
            List<KeyCommand> commands,
            List<Supplier<CompletableFuture<Void>>> sweeps,
            CompletableFuture<Void> settled,
            Instant now) {
        Batch batch = new Batch(next, transactions, commands, sweeps, settled, now);
        batch.unseen.values().removeIf(this::isSettled);
        batches.addLast(batch);
        held += batch.held();
    }

    /** A snapshot was taken. A batch whose fence may be over is not released by it: it is applied once more before. */
    public void seen(Snapshot snapshot, Instant now) {
        for (Batch batch : batches) {
            if (!batch.applied.plus(half).isBefore(now)) {
                batch.unseen.keySet().removeIf(snapshot::sees);
            }
        }
    }

    /**
     * What a gap flushed is flushed for good: all that an earlier epoch had committed is visible, or was lost. No snapshot
     * may ever see it then: a restored backup gives its ids to other transactions, much later.
     */
    public void flushed(long epoch) {
        settledBefore = Math.max(settledBefore, epoch);
        batches.forEach(batch -> batch.unseen.values().removeIf(this::isSettled));
    }

    private boolean isSettled(long epoch) {
        return epoch < settledBefore;
    }

    /** What must be applied again: removals of keys, and sweeps to start. */
    public record Due(List<KeyCommand> commands, List<Runnable> sweeps) {
        public Due {
            commands = List.copyOf(commands);
            sweeps = List.copyOf(sweeps);
        }

        public boolean isEmpty() {
            return commands.isEmpty() && sweeps.isEmpty();
        }
    }

    /** What must be applied again now; {@link #appliedAgain} tells that it was. */
    public Due due(Instant now) {
        List<KeyCommand> commands = new ArrayList<>();
        List<Runnable> sweeps = new ArrayList<>();
        for (Batch batch : batches) {
            if (isDue(batch, now)) {
                batch.commands.forEach(command -> unseenPart(command, batch).ifPresent(commands::add));
                batch.sweeps.forEach(sweep -> sweeps.add(() -> batch.startAgain(sweep)));
            }
        }
        return new Due(commands, sweeps);
    }

    public void appliedAgain(Instant asOf, Instant now) {
        batches.stream().filter(batch -> isDue(batch, asOf)).forEach(batch -> batch.applied = now);
    }

    private boolean isDue(Batch batch, Instant now) {
        return !batch.unseen.isEmpty() && !batch.applied.plus(renewal).isAfter(now);
    }

    private static Optional<KeyCommand> unseenPart(KeyCommand command, Batch batch) {
        if (command.fence().transactions().stream().noneMatch(batch.unseen::containsKey)) {
            return Optional.empty();
        }
        // A removal, also of what was stored: nothing newer is put at risk by it.
        return Optional.of(
                new KeyCommand.Invalidate(command.key(), command.field(), command.fence(), Optional.empty(), false));
    }

    /** The offsets that became safe to commit since the last call; empty where none did. */
    public Map<TopicPartition, Long> take() {
        Map<TopicPartition, Long> offsets = new HashMap<>();
        while (!batches.isEmpty() && isDone(batches.getFirst())) {
            Batch done = batches.removeFirst();
            held -= done.held();
            offsets.putAll(done.next);
        }
        return offsets;
    }

    private static boolean isDone(Batch batch) {
        return batch.unseen.isEmpty() && batch.settled.isDone();
    }

    /** Whether a snapshot could release something. */
    public boolean waiting() {
        return batches.stream().anyMatch(batch -> !batch.unseen.isEmpty());
    }

    /** How many commands and sweeps are kept because their batch is not acknowledged. */
    public int held() {
        return held;
    }

    /** These partitions are another writer's now, which reads again what was not committed. */
    public void revoked(Collection<TopicPartition> partitions) {
        batches.forEach(batch -> batch.next.keySet().removeAll(partitions));
    }
}
