package dev.freshet.cli;

import dev.freshet.writer.deadletter.DeadLetter;
import dev.freshet.writer.deadletter.DeadLetterBox;
import dev.freshet.writer.deadletter.DeadLetterTopic;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.BiConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.header.Header;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** What was parked, and what becomes of it. */
@Command(
        name = "dead-letters",
        description = {
            "Shows the records that could not be applied, and what becomes of them.",
            "What each may have changed was removed from the caches when it was parked."
        },
        synopsisSubcommandLabel = "COMMAND",
        mixinStandardHelpOptions = true)
final class DeadLettersCommand implements Runnable {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    /** With its subcommands. */
    static CommandLine line(Main.Console console) {
        CommandLine line = new CommandLine(new DeadLettersCommand());
        line.addSubcommand(new ListLetters(console));
        line.addSubcommand(new ShowLetter(console));
        line.addSubcommand(new RetryLetters(console));
        line.addSubcommand(new DropLetters(console));
        return line;
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Say what to do: list, show, retry or drop");
    }

    /** One of the subcommands. */
    abstract static class OfLetters implements Callable<Integer> {

        @Mixin
        private ConfigOption config = new ConfigOption();

        @Spec
        private CommandSpec spec = CommandSpec.create();

        final Main.Console console;

        OfLetters(Main.Console console) {
            this.console = console;
        }

        abstract void work(DeadLetterBox box);

        @Override
        public Integer call() {
            var read = config.read(console).config();
            try {
                work(new DeadLetterBox(new DeadLetterTopic(read, KafkaAddress.of(read))));
                return ExitCode.DONE;
            } catch (KafkaException e) {
                throw KafkaFailure.of(e);
            }
        }

        final ParameterException usage(String problem) {
            return new ParameterException(spec.commandLine(), problem);
        }

        final DeadLetter.Id id(String text) {
            try {
                return DeadLetter.Id.parse(text);
            } catch (IllegalArgumentException e) {
                throw usage(String.valueOf(e.getMessage()));
            }
        }

        /** Those of these ids, in their order. */
        static List<DeadLetter> find(DeadLetterBox box, List<DeadLetter.Id> ids) {
            Map<DeadLetter.Id, DeadLetter> open = new LinkedHashMap<>();
            box.open().forEach(letter -> open.put(letter.id(), letter));
            List<DeadLetter> found = new ArrayList<>();
            for (DeadLetter.Id id : ids) {
                DeadLetter letter = open.get(id);
                if (letter == null) {
                    throw new CommandFailedException(
                            ExitCode.NO,
                            "there is no dead letter " + id + ", or it is done; 'list' tells those there are");
                }
                found.add(letter);
            }
            return found;
        }
    }

    @Command(
            name = "list",
            description = {
                "Prints each dead letter on a line: its id, when it was parked, its table (- where that is not known)"
                        + " and the cause, with tabs in between."
            },
            mixinStandardHelpOptions = true)
    static final class ListLetters extends OfLetters {

        ListLetters(Main.Console console) {
            super(console);
        }

        @Override
        void work(DeadLetterBox box) {
            box.open()
                    .forEach(letter -> console.out()
                            .println(String.join(
                                    "\t",
                                    letter.id().toString(),
                                    letter.parkedAt().toString(),
                                    Printable.of(letter.table().orElse("-")),
                                    Printable.of(letter.cause()))));
        }
    }

    @Command(
            name = "show",
            description = {
                "Prints one dead letter whole, with the record's key, headers and value: row values among them.",
                "Bytes that are no printable UTF-8 are written \\xNN, a backslash \\\\."
            },
            mixinStandardHelpOptions = true)
    static final class ShowLetter extends OfLetters {

        @Parameters(paramLabel = "ID", description = "As 'list' prints it: partition:offset")
        private String id = "";

        ShowLetter(Main.Console console) {
            super(console);
        }

        @Override
        void work(DeadLetterBox box) {
            DeadLetter letter = find(box, List.of(id(id))).get(0);
            DeadLetter.Original original = box.original(letter);
            tell("id", letter.id().toString());
            tell("parked", letter.parkedAt().toString());
            tell("cause", Printable.of(letter.cause()));
            tell("table", Printable.of(letter.table().orElse("-")));
            tell(
                    "source",
                    Printable.of(letter.source().topic()) + ", partition "
                            + letter.source().partition() + ", offset "
                            + letter.source().offset() + ", of "
                            + letter.source().timestamp());
            for (Header header : original.headers()) {
                tell("header", Printable.of(header.key()) + "=" + bytes(Optional.ofNullable(header.value())));
            }
            tell("key", bytes(original.key()));
            tell("value", bytes(original.value()));
        }

        private void tell(String name, String text) {
            console.out().println(name + "\t" + text);
        }

        private static String bytes(Optional<byte[]> bytes) {
            return bytes.map(Printable::of).orElse("(none)");
        }
    }

    /** What is done to some dead letters, or to all. */
    abstract static class OfSome extends OfLetters {

        @Parameters(paramLabel = "ID", arity = "0..*", description = "As 'list' prints them: partition:offset")
        private List<String> ids = new ArrayList<>();

        @Option(names = "--all", description = "All that 'list' prints")
        private boolean all;

        OfSome(Main.Console console) {
            super(console);
        }

        abstract BiConsumer<DeadLetterBox, DeadLetter> action();

        abstract String done();

        @Override
        void work(DeadLetterBox box) {
            if (all != ids.isEmpty()) {
                throw usage("Name the dead letters by their ids, or all of them by --all");
            }
            List<DeadLetter.Id> wanted = ids.stream().map(this::id).distinct().toList();
            for (DeadLetter letter : all ? box.open() : find(box, wanted)) {
                action().accept(box, letter);
                console.out().println(done() + "\t" + letter.id());
            }
        }
    }

    @Command(
            name = "retry",
            description = {
                "Publishes the original records once more where they stood, and marks the dead letters done.",
                "A record that still cannot be applied is parked again, as another dead letter."
            },
            mixinStandardHelpOptions = true)
    static final class RetryLetters extends OfSome {

        RetryLetters(Main.Console console) {
            super(console);
        }

        @Override
        BiConsumer<DeadLetterBox, DeadLetter> action() {
            return DeadLetterBox::retry;
        }

        @Override
        String done() {
            return "published";
        }
    }

    @Command(
            name = "drop",
            description = "Marks dead letters done. Their records stay in the topic until its retention has passed.",
            mixinStandardHelpOptions = true)
    static final class DropLetters extends OfSome {

        DropLetters(Main.Console console) {
            super(console);
        }

        @Override
        BiConsumer<DeadLetterBox, DeadLetter> action() {
            return DeadLetterBox::drop;
        }

        @Override
        String done() {
            return "dropped";
        }
    }
}
