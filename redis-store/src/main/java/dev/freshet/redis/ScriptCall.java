package dev.freshet.redis;

import java.util.ArrayList;
import java.util.List;

/** One call of a script, as it is built up: its keys and arguments. Confined to the thread that builds it. */
final class ScriptCall {

    private final Script script;
    private final List<byte[]> keys = new ArrayList<>();
    private final List<byte[]> arguments = new ArrayList<>();
    private long size;

    ScriptCall(Script script) {
        this.script = script;
    }

    ScriptCall key(String key) {
        return key(Utf8.encode(key));
    }

    ScriptCall key(byte[] key) {
        keys.add(key);
        return this;
    }

    ScriptCall argument(String argument) {
        return argument(Utf8.encode(argument));
    }

    ScriptCall argument(byte[] bytes) {
        size += bytes.length;
        arguments.add(bytes);
        return this;
    }

    ScriptCall argument(long number) {
        return argument(Long.toString(number));
    }

    /** Bytes of the arguments so far. */
    long size() {
        return size;
    }

    Script script() {
        return script;
    }

    byte[][] keys() {
        return keys.toArray(byte[][]::new);
    }

    byte[][] arguments() {
        return arguments.toArray(byte[][]::new);
    }
}
