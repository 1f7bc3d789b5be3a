package dev.freshet.stack;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Programs that run to their end. */
final class Program {

    private Program() {}

    /** Whether a command that runs another one is there and may do so. */
    static boolean works(List<String> prefix) {
        try {
            ProcessBuilder builder = new ProcessBuilder(
                    Stream.concat(prefix.stream(), Stream.of("true")).toList());
            builder.redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD);
            return builder.start().waitFor() == 0;
        } catch (IOException missing) {
            return false;
        } catch (InterruptedException e) {
            throw Termination.interrupted(e);
        }
    }

    /** Runs a command and returns what it printed; any other exit code than 0 is an error that quotes it. */
    static String run(String purpose, List<String> command, Path directory) {
        try {
            ProcessBuilder builder = new ProcessBuilder(command);
            cleanse(builder.environment());
            builder.directory(directory.toFile());
            builder.redirectErrorStream(true);
            Process process = builder.start();
            process.getOutputStream().close();
            String output;
            try (InputStream printed = process.getInputStream()) {
                output = new String(printed.readAllBytes(), StandardCharsets.UTF_8);
            }
            int exit = process.waitFor();
            if (exit != 0) {
                throw new StackException(
                        purpose + " failed in " + directory + " with exit code " + exit + ": " + output.strip());
            }
            return output;
        } catch (IOException e) {
            throw new StackException(purpose + " could not be started: " + command.get(0) + " in " + directory, e);
        } catch (InterruptedException e) {
            throw Termination.interrupted(e);
        }
    }

    /** Takes out what would make a server of ours behave as somebody else's. */
    static void cleanse(Map<String, String> environment) {
        environment.keySet().removeIf(name -> name.startsWith("PG"));
        environment.keySet().removeAll(List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS", "CLASSPATH"));
        environment.put("LC_ALL", "C");
    }
}
