package dev.freshet.cli;

import dev.freshet.cli.doctor.Doctor;
import dev.freshet.cli.doctor.DoctorReport;
import dev.freshet.model.config.ConfigFile;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Looks at everything that an attach needs; changes nothing. */
@Command(
        name = "doctor",
        description = {
            "Looks at the file, PostgreSQL, Kafka and Redis, and prints what is wrong or will be, why it matters, and the"
                    + " SQL or the setting that mends it. Changes nothing, and needs no more rights than the pipeline's"
                    + " role.",
            "",
            "Exit codes: 0 clean or advice only, 1 an error or a warning, 2 the configuration is wrong,",
            "3 a server could not be reached."
        },
        mixinStandardHelpOptions = true)
final class DoctorCommand implements Callable<Integer> {

    @Mixin
    private ConfigOption config = new ConfigOption();

    @Option(names = "--json", description = "Prints one JSON object, for scripts.")
    private boolean json;

    private final Main.Console console;

    DoctorCommand(Main.Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        ConfigFile file = config.read(console);
        DoctorReport report = Doctor.examine(file);
        String name = config.file().toString();
        console.out().print(json ? report.toJson(name) : report.toText(name));
        console.out().flush();
        return report.exitCode();
    }
}
