package dev.freshet.system.documents;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import picocli.CommandLine;

/** What the command lines of {@code ./freshet} take; nothing is run. {@code bench} is judged beside it, in its module. */
final class CommandLines {

    /** The names of all commands, but for {@code demo} and {@code bench}. */
    static final Set<String> NAMES = names();

    private CommandLines() {}

    private static Set<String> names() {
        Set<String> names = new LinkedHashSet<>(
                dev.freshet.cli.Main.commandLine().getSubcommands().keySet());
        names.remove("help");
        return names;
    }

    /** Where in a command Freshet's own arguments begin; -1 where none do. */
    static int arguments(List<String> words) {
        if (words.get(0).matches("(\\./)?freshet")) {
            return 1;
        }
        // In a container the entry point is Freshet: what follows the service or the image are its arguments.
        for (int i = 1; i < words.size() - 1; i++) {
            if (words.get(i).matches("freshet|listener|writer|freshet:local") && NAMES.contains(words.get(i + 1))) {
                return i + 1;
            }
        }
        return -1;
    }

    /** @throws CommandLine.ParameterException where no command takes these */
    static void parse(List<String> arguments) {
        List<String> rest = new ArrayList<>(arguments);
        if (rest.isEmpty() || rest.get(0).equals("bench")) {
            return;
        }
        CommandLine line = dev.freshet.cli.Main.commandLine();
        if (rest.get(0).equals("demo")) {
            line = dev.freshet.demo.Main.commandLine();
            rest.remove(0);
        }
        line.parseArgs(rest.toArray(String[]::new));
    }

    /** The names of the options that a command and those below it take. */
    static Set<String> options(String command) {
        return options(
                command.equals("demo")
                        ? dev.freshet.demo.Main.commandLine()
                        : Objects.requireNonNull(dev.freshet.cli.Main.commandLine()
                                .getSubcommands()
                                .get(command)));
    }

    private static Set<String> options(CommandLine line) {
        Set<String> options =
                new LinkedHashSet<>(line.getCommandSpec().optionsMap().keySet());
        line.getSubcommands().values().forEach(below -> options.addAll(options(below)));
        return options;
    }
}
