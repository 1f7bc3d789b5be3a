package dev.freshet.writer;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Callable;
import java.util.concurrent.Delayed;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/** A timer whose time passes when a test says so; tasks run on the test's thread. */
public final class ManualTimer extends AbstractExecutorService implements ScheduledExecutorService {

    private Duration now = Duration.ZERO;
    private final List<Task> tasks = new ArrayList<>();

    /** Lets time pass, task by task. */
    public void pass(Duration duration) {
        Duration end = now.plus(duration);
        while (true) {
            Task next = tasks.stream()
                    .filter(task -> task.due.compareTo(end) <= 0)
                    .min((one, other) -> one.due.compareTo(other.due))
                    .orElse(null);
            if (next == null) {
                break;
            }
            tasks.remove(next);
            now = next.due;
            next.run();
        }
        now = end;
    }

    public int waiting() {
        return tasks.size();
    }

    private static final class Task extends FutureTask<Void> implements ScheduledFuture<Void> {
        private final Duration due;

        Task(Runnable step, Duration due) {
            super(step, null);
            this.due = due;
        }

        @Override
        public long getDelay(TimeUnit unit) {
            return unit.convert(due);
        }

        @Override
        public int compareTo(Delayed other) {
            return Long.compare(getDelay(TimeUnit.NANOSECONDS), other.getDelay(TimeUnit.NANOSECONDS));
        }
    }

    @Override
    public ScheduledFuture<?> schedule(Runnable command, long delay, TimeUnit unit) {
        Task task = new Task(command, now.plus(Duration.of(delay, unit.toChronoUnit())));
        tasks.add(task);
        return task;
    }

    @Override
    public ScheduledFuture<?> scheduleWithFixedDelay(Runnable command, long first, long delay, TimeUnit unit) {
        return schedule(
                () -> {
                    command.run();
                    var unused = scheduleWithFixedDelay(command, delay, delay, unit);
                },
                first,
                unit);
    }

    @Override
    public ScheduledFuture<?> scheduleAtFixedRate(Runnable command, long first, long period, TimeUnit unit) {
        throw new UnsupportedOperationException();
    }

    @Override
    public <V> ScheduledFuture<V> schedule(Callable<V> callable, long delay, TimeUnit unit) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void execute(Runnable command) {
        command.run();
    }

    @Override
    public void shutdown() {
        tasks.clear();
    }

    @Override
    public List<Runnable> shutdownNow() {
        tasks.clear();
        return List.of();
    }

    @Override
    public boolean isShutdown() {
        return false;
    }

    @Override
    public boolean isTerminated() {
        return false;
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) {
        return true;
    }
}
