package dev.freshet.model.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Puts the environment's variables in place of <code>${NAME}</code> and <code>${NAME:default}</code>, and what files hold in
 * place of <code>${file:PATH}</code>. Confined to one thread.
 */
final class Variables {

    private static final Pattern PLACE = Pattern.compile("\\$?\\$\\{([^}]*)(\\}?)");
    private static final Pattern REFERENCE = Pattern.compile("([A-Za-z_][A-Za-z0-9_]*)(?::(.*))?", Pattern.DOTALL);

    private static final String FILE = "file:";
    private static final int LARGEST_FILE = 64 << 10;

    /** A shorter value would be found in every message, and is no secret worth the name. */
    private static final int SHORTEST_HIDDEN = 4;

    private final Map<String, String> environment;
    private final Path directory;

    /** By value, the longest first, the variable or file that it came from. */
    private final SortedMap<String, String> filledIn =
            new TreeMap<>(Comparator.comparingInt(String::length).reversed().thenComparing(Function.identity()));

    /** @param directory where relative paths of files start */
    Variables(Map<String, String> environment, Path directory) {
        this.environment = Map.copyOf(environment);
        this.directory = directory;
    }

    /**
     * The text with its variables and files filled in; <code>$${</code> stands for <code>${</code>.
     *
     * @throws IllegalArgumentException naming the variable that is not set, the file that cannot be used, or the reference
     *     that is not closed
     */
    String fill(String text) {
        StringBuilder filled = new StringBuilder();
        Matcher place = PLACE.matcher(text);
        int from = 0;
        while (place.find(from)) {
            filled.append(text, from, place.start());
            if (text.startsWith("$${", place.start())) {
                filled.append("${");
                from = place.start() + 3;
                continue;
            }
            if (place.group(2).isEmpty()) {
                throw new IllegalArgumentException(
                        "'${' is never closed by '}'; for the characters themselves write $${");
            }
            filled.append(value(place.group(1)));
            from = place.end();
        }
        return filled.append(text, from, text.length()).toString();
    }

    private String value(String reference) {
        if (reference.startsWith(FILE)) {
            return hidden(content(reference.substring(FILE.length())), reference);
        }
        Matcher parts = REFERENCE.matcher(reference);
        if (!parts.matches()) {
            throw new IllegalArgumentException(
                    "a variable is written ${NAME} or ${NAME:default}, NAME of letters, digits and underscores; for the"
                            + " characters themselves write $${");
        }
        String name = parts.group(1);
        String set = environment.get(name);
        if (set != null) {
            return hidden(set, name);
        }
        String otherwise = parts.group(2);
        if (otherwise == null) {
            throw new IllegalArgumentException(
                    "the environment variable " + name + " is not set; set it, or write ${" + name + ":default}");
        }
        return otherwise;
    }

    private String hidden(String value, String reference) {
        if (value.length() >= SHORTEST_HIDDEN) {
            filledIn.put(value, reference);
        }
        return value;
    }

    /** Without the end of its last line, which editors and echo add; never quoted. */
    private String content(String path) {
        String file = "the file '" + path + "'";
        try (InputStream in = Files.newInputStream(directory.resolve(path))) {
            byte[] bytes = in.readNBytes(LARGEST_FILE + 1);
            if (bytes.length > LARGEST_FILE) {
                throw new IllegalArgumentException(
                        file + " is larger than 64 KB, which no value is; name the file that holds the value alone");
            }
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString()
                    .replaceFirst("\\r?\\n\\z", "");
            if (text.isEmpty()) {
                throw new IllegalArgumentException(file + " is empty; write the value into it");
            }
            return text;
        } catch (NoSuchFileException e) {
            throw new IllegalArgumentException(
                    file + " does not exist; mount it, or write ${file:PATH} with the path of one that does", e);
        } catch (AccessDeniedException e) {
            throw new IllegalArgumentException(file + " may not be read by this user; let it, with chmod or chown", e);
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException(file + " is not UTF-8 text; write the value alone into it", e);
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException("'" + path + "' is no path; write ${file:/run/secrets/NAME}", e);
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    file + " cannot be read; name a file that holds the value alone, such as /run/secrets/NAME", e);
        }
    }

    /** A message about the file with what was filled in as it is written there: it may be a password. */
    String asWritten(String message) {
        String written = message;
        for (Map.Entry<String, String> filled : filledIn.entrySet()) {
            written = written.replace(filled.getKey(), "${" + filled.getValue() + "}");
        }
        return written;
    }
}
