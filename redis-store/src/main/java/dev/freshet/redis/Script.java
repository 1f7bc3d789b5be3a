package dev.freshet.redis;

import io.lettuce.core.codec.Base16;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** A Lua script as Redis takes it: the shebang, the parts that it shares with others, its own text. Immutable. */
record Script(String name, String text, String sha) {

    /** Runs on a full Redis too: a key must go even where its fence finds no room. */
    static final String ALLOW_OOM = "#!lua flags=allow-oom";

    /** Redis refuses the call as a whole when it is full, before anything was done. */
    static final String REFUSE_OOM = "#!lua";

    static Script of(String name, String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-1").digest(text.getBytes(StandardCharsets.UTF_8));
            return new Script(name, text, new String(Base16.encode(digest, false)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-1", e);
        }
    }

    static Script load(String name, String shebang, String... parts) {
        StringBuilder text = new StringBuilder(shebang).append('\n');
        for (String part : parts) {
            text.append(resource(part));
        }
        return of(name, text.append(resource(name)).toString());
    }

    /** The same under another name. */
    Script named(String other) {
        return new Script(other, text, sha);
    }

    private static String resource(String name) {
        try (InputStream in = Script.class.getResourceAsStream(name + ".lua")) {
            if (in == null) {
                throw new IllegalStateException("the script " + name + ".lua is missing from this build");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
