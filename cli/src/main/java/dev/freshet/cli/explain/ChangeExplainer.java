package dev.freshet.cli.explain;

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
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** Explains a change that somebody made up, by the tables as they are in the source. Confined to one thread at a time. */
public final class ChangeExplainer {

    private final FreshetConfig config;
    private final SourceConnection source;
    private final Explainer explainer;

    /** @param source stays the caller's to close */
    public ChangeExplainer(FreshetConfig config, SourceConnection source) {
        this.config = config;
        this.source = source;
        this.explainer = new Explainer(config.caches());
    }

    /**
     * Asks the source for the table, and how it prints what the images hold.
     *
     * @throws UnexplainableException where the table is not mapped or an image is none of its rows
     * @throws SourceUnavailableException where the source went away under way; one that is away from the beginning is done
     *     without, and the explanation says so
     */
    public Explanation explain(Question question) {
        TableId table = mapped(question.table());
        Optional<RowJson> was = question.before().map(json -> RowJson.parse("before", json));
        Optional<RowJson> is = question.after().map(json -> RowJson.parse("after", json));
        List<String> warnings = new ArrayList<>();
        Optional<TableShape> shape = shape(table, warnings);
        RowChange change = shape.isPresent()
                ? typed(shape.get(), was, is, warnings)
                : change(
                        table,
                        was.map(RowJson::assumed),
                        is.map(json ->
                                json.assumed().orElse(was.map(RowJson::assumed).orElseGet(() -> Row.of(Map.of())))));
        return new Explanation(
                Explainer.kind(change),
                explainer.effects(change, shape.orElseGet(() -> RowJson.shape(table, was, is))),
                warnings);
    }

    private TableId mapped(String name) {
        List<String> mapped = config.tables().stream().map(TableId::toString).toList();
        if (!mapped.contains(name)) {
            throw new UnexplainableException(
                    "table",
                    "no cache depends on '" + name + "'" + Spelling.suggestion(name, mapped) + " Mapped are: "
                            + String.join(", ", mapped));
        }
        return TableId.parse(name);
    }

    private Optional<TableShape> shape(TableId id, List<String> warnings) {
        try {
            Optional<TableShape> shape = new JdbcCatalogue(source).shape(id);
            if (shape.isEmpty()) {
                throw new UnexplainableException("table", "there is no table '" + id + "'");
            }
            return shape;
        } catch (SourceUnavailableException e) {
            warnings.add(
                    "PostgreSQL cannot be asked; the columns' types are assumed from the JSON, and every old value to"
                            + " be told");
            return Optional.empty();
        }
    }

    private RowChange typed(TableShape shape, Optional<RowJson> was, Optional<RowJson> is, List<String> warnings) {
        JdbcGeneratedColumns generated = new JdbcGeneratedColumns(source);
        Optional<Row> old = was.map(json -> json.typed(source, shape));
        Optional<Row> now = is.map(json -> json.typed(source, shape))
                .map(row -> old.map(row::orElse).orElse(row))
                .map(row -> generated.complete(shape, row));
        Optional<Row> told = old.map(row -> generated.complete(shape, identity(row, shape, warnings)));
        return change(shape.table(), told, now);
    }

    /** What the log tells of an old row. */
    private static Row identity(Row row, TableShape shape, List<String> warnings) {
        Map<String, Cell> cells = new LinkedHashMap<>();
        for (String column : row.columns()) {
            if (shape.identity().contains(column)) {
                cells.put(column, row.cell(column));
            } else {
                warnings.add("column " + column
                        + " of the old row is outside the replica identity: the change would not tell it");
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
}
