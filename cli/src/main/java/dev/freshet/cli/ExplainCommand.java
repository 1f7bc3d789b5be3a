package dev.freshet.cli;

import dev.freshet.model.Cell;
import dev.freshet.model.Origin;
import dev.freshet.model.Row;
import dev.freshet.model.RowChange;
import dev.freshet.model.Spelling;
import dev.freshet.model.TableId;
import dev.freshet.model.TableShape;
import dev.freshet.model.config.FreshetConfig;
import dev.freshet.writer.catalogue.JdbcCatalogue;
import dev.freshet.writer.catalogue.SourceConnection;
import dev.freshet.writer.catalogue.SourceUnavailableException;
import dev.freshet.writer.decode.JdbcGeneratedColumns;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which keys one change would touch. */
@Command(
        name = "explain",
        description = {
            "Prints which keys a change would touch, and why.",
            "Both images: an update; only --after: an insert; only --before: a delete; none: a truncate."
        },
        mixinStandardHelpOptions = true)
final class ExplainCommand implements Callable<Integer> {

    @Mixin
    private ConfigOption config = new ConfigOption();

    @Option(names = "--table", paramLabel = "TABLE", required = true, description = "schema.table, as stored")
    private String table = "";

    @Option(
            names = "--before",
            paramLabel = "JSON",
            description =
                    "The row as it was: {\"column\": value}. What the replica identity does not hold is left out.")
    private Optional<String> before = Optional.empty();

    @Option(
            names = "--after",
            paramLabel = "JSON",
            description = "The row as it is; columns that it leaves out are as before.")
    private Optional<String> after = Optional.empty();

    private final Main.Console console;

    ExplainCommand(Main.Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        FreshetConfig read = config.read(console).config();
        List<String> mapped = read.tables().stream().map(TableId::toString).toList();
        if (!mapped.contains(table)) {
            throw new CommandFailedException(
                    ExitCode.USAGE,
                    "--table: no cache depends on '" + table + "'" + Spelling.suggestion(table, mapped)
                            + " Mapped are: " + String.join(", ", mapped));
        }
        Optional<RowJson> was = before.map(json -> RowJson.parse("--before", json));
        Optional<RowJson> is = after.map(json -> RowJson.parse("--after", json));
        try (SourceConnection source = new SourceConnection(read.postgres(), "explain")) {
            explain(read, source, TableId.parse(table), was, is);
        }
        return ExitCode.DONE;
    }

    private void explain(
            FreshetConfig read, SourceConnection source, TableId id, Optional<RowJson> was, Optional<RowJson> is) {
        Optional<TableShape> shape = shape(source, id);
        if (shape.isEmpty()) {
            TableShape assumed = RowJson.shape(id, was, is);
            Row old = was.map(RowJson::assumed).orElseGet(() -> Row.of(java.util.Map.of()));
            print(
                    read,
                    change(
                            id,
                            was.map(json -> old),
                            is.map(json -> json.assumed().orElse(old))),
                    assumed);
            return;
        }
        JdbcGeneratedColumns generated = new JdbcGeneratedColumns(source);
        Optional<Row> old = was.map(json -> json.typed(source, shape.get()));
        Optional<Row> now = is.map(json -> json.typed(source, shape.get()))
                .map(row -> old.map(row::orElse).orElse(row))
                .map(row -> generated.complete(shape.get(), row));
        Optional<Row> told = old.map(row -> generated.complete(shape.get(), identity(row, shape.get())));
        print(read, change(id, told, now), shape.get());
    }

    private Optional<TableShape> shape(SourceConnection source, TableId id) {
        try {
            Optional<TableShape> shape = new JdbcCatalogue(source).shape(id);
            if (shape.isEmpty()) {
                throw new CommandFailedException(ExitCode.USAGE, "there is no table '" + id + "'");
            }
            return shape;
        } catch (SourceUnavailableException e) {
            console.err()
                    .println("freshet: PostgreSQL cannot be asked; the columns' types are assumed from the JSON, and"
                            + " every old value to be told");
            return Optional.empty();
        }
    }

    /** What the log tells of an old row. */
    private Row identity(Row row, TableShape shape) {
        java.util.Map<String, Cell> cells = new java.util.LinkedHashMap<>();
        for (String column : row.columns()) {
            if (shape.identity().contains(column)) {
                cells.put(column, row.cell(column));
            } else {
                console.err()
                        .println("freshet: column " + column + " of --before is outside the replica identity: the"
                                + " change would not tell it");
            }
        }
        return Row.of(cells);
    }

    private static RowChange change(TableId id, Optional<Row> was, Optional<Row> is) {
        Origin origin = new Origin(OptionalLong.empty(), Optional.empty(), Instant.EPOCH);
        if (was.isPresent() && is.isPresent()) {
            return new RowChange.Updated(id, origin, was.get(), is.get());
        }
        if (is.isPresent()) {
            return new RowChange.Inserted(id, origin, is.get());
        }
        return was.isPresent() ? new RowChange.Deleted(id, origin, was.get()) : new RowChange.Truncated(id, origin);
    }

    private void print(FreshetConfig read, RowChange change, TableShape shape) {
        new Explainer(read.caches()).explain(change, shape).forEach(console.out()::println);
    }
}
