package dev.freshet.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command without a name: says what there is. */
@Command(
        name = "freshet",
        description = "Keeps Redis in step with PostgreSQL.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        synopsisSubcommandLabel = "COMMAND",
        footer = {
            "",
            "  demo      Everything on embedded servers; see 'freshet demo --help'",
            "  bench     Measures beside its rivals, on embedded servers; see 'freshet bench --help'",
            "",
            "Exit codes: 0 done, 1 the answer is no, 2 usage or configuration,",
            "3 a server could not be reached."
        })
final class FreshetCommand implements Runnable {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Name a command");
    }
}
