package dev.freshet.redis;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;

/** Writes commands as the scripts read them. Immutable, thread-safe. */
final class CommandScripts {

    private final Script.Set scripts;
    private final long window;
    private final long life;

    CommandScripts(Script.Set scripts, Duration window) {
        this.scripts = scripts;
        this.window = window.toMillis();
        this.life = RedisLayout.entryLife(window).toMillis();
    }

    /** Whole keys, fenced and not guarded. */
    ScriptCall invalidate(List<KeyCommand.Invalidate> commands) {
        ScriptCall call = new ScriptCall(scripts.invalidate()).argument(window);
        commands.forEach(command -> call.key(command.key()));
        commands.forEach(command -> call.key(RedisLayout.lease(command.key())));
        for (KeyCommand.Invalidate command : commands) {
            call.key(RedisLayout.fence(command.key())).argument(ids(command.fence()));
        }
        return call;
    }

    ScriptCall remove(List<KeyCommand.Invalidate> commands) {
        ScriptCall call = new ScriptCall(scripts.remove()).argument(window).argument(life);
        for (KeyCommand.Invalidate command : commands) {
            keys(call, command)
                    .argument((command.field().isPresent() ? "f" : "")
                            + (command.guard() || command.position().isPresent() ? "g" : ""))
                    .argument(ids(command.fence()))
                    .argument(command.position().map(RedisLayout::position).orElse(""))
                    .argument(command.field().orElse(""));
        }
        return call;
    }

    ScriptCall emptyStore() {
        return new ScriptCall(scripts.store()).argument(window).argument(life);
    }

    void add(ScriptCall call, KeyCommand.Store command) {
        keys(call, command).key(RedisLayout.entry(command.key()));
        command.patterns().forEach(glob -> call.key(RedisLayout.patternEntry(glob)));
        List<String> payload = payload(command);
        call.argument(kind(command))
                .argument(ids(command.fence()))
                .argument(RedisLayout.position(command.position()))
                // Redis refuses a life of nothing; a millisecond is the least there is.
                .argument(command.ttl()
                        .map(ttl -> Long.toString(Math.max(1, ttl.toMillis())))
                        .orElse(""))
                .argument(command.patterns().size())
                .argument(payload.size());
        payload.forEach(call::argument);
    }

    ScriptCall fencePattern(String glob, Fence fence, String position) {
        return new ScriptCall(scripts.fencePattern())
                .key(RedisLayout.patternFence(glob))
                .key(RedisLayout.patternEntry(glob))
                .argument(window)
                .argument(life)
                .argument(ids(fence))
                .argument(position);
    }

    ScriptCall publishPatterns(String pipeline, Map<String, String> globs) {
        ScriptCall call = new ScriptCall(scripts.publishPatterns()).key(RedisLayout.patterns(pipeline));
        globs.forEach((cache, glob) -> call.argument(cache).argument(glob));
        return call;
    }

    private static ScriptCall keys(ScriptCall call, KeyCommand command) {
        String key = command.key();
        return call.key(key)
                .key(RedisLayout.lease(key))
                .key(RedisLayout.fence(key))
                .key(command.field()
                        .map(field -> RedisLayout.fieldEntry(key, field))
                        .orElseGet(() -> RedisLayout.entry(key)));
    }

    private static String kind(KeyCommand.Store command) {
        return command.field().isPresent() ? "f" : command.value() instanceof KeyCommand.Value.Hash ? "h" : "t";
    }

    private static List<String> payload(KeyCommand.Store command) {
        if (command.value() instanceof KeyCommand.Value.Text text) {
            return command.field().map(field -> List.of(field, text.text())).orElseGet(() -> List.of(text.text()));
        }
        KeyCommand.Value.Hash hash = (KeyCommand.Value.Hash) command.value();
        return hash.fields().entrySet().stream()
                .flatMap(entry -> java.util.stream.Stream.of(entry.getKey(), entry.getValue()))
                .toList();
    }

    private static String ids(Fence fence) {
        if (!(fence instanceof Fence.Transactions transactions)) {
            return "";
        }
        StringJoiner ids = new StringJoiner(" ");
        for (long id : transactions.transactions()) {
            ids.add(Long.toString(id));
        }
        if (transactions.refuseAll()) {
            ids.add("*");
        }
        return ids.toString();
    }
}
