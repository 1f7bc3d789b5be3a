package dev.freshet.writer.decode;

import dev.freshet.model.Cell;
import dev.freshet.model.Row;
import dev.freshet.model.SqlIdentifier;
import dev.freshet.model.TableShape;
import dev.freshet.model.TableShape.Column;
import dev.freshet.writer.catalogue.SourceConnection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Lets the source compute generated columns, from the row's own values by the column's own expression: such an
 * expression is immutable and reads nothing but its row. What the expression refuses, as it may a row from before it was
 * altered, stays unknown. Thread-confined.
 */
public final class JdbcGeneratedColumns implements GeneratedColumns {

    /** SQLSTATE classes of an expression that fails; of all else the source may get well. */
    private static final Set<String> REFUSALS = Set.of("22", "23", "2F", "38", "39", "42", "54", "P0");

    private final SourceConnection source;

    public JdbcGeneratedColumns(SourceConnection source) {
        this.source = source;
    }

    @Override
    public Row complete(TableShape shape, Row row) {
        List<Column> computable = shape.columns().values().stream()
                .filter(column -> column.generated().isPresent())
                .filter(column -> row.cell(column.name()) instanceof Cell.Unknown)
                .filter(column -> column.generated().get().reads().stream()
                        .noneMatch(read -> row.cell(read) instanceof Cell.Unknown))
                .toList();
        return computable.isEmpty() ? row : compute(shape, row, computable);
    }

    private Row compute(TableShape shape, Row row, List<Column> computable) {
        Set<String> inputs = new LinkedHashSet<>();
        computable.forEach(
                column -> inputs.addAll(column.generated().orElseThrow().reads()));
        String sql = computable.stream()
                        .map(JdbcGeneratedColumns::computation)
                        .collect(Collectors.joining(", ", "SELECT ", ""))
                + inputs.stream()
                        .map(input ->
                                "CAST(? AS " + shape.column(input).sqlType() + ") AS " + SqlIdentifier.quote(input))
                        .collect(Collectors.joining(", ", " FROM (SELECT ", ") AS input"));
        return source.call(connection -> {
            try (PreparedStatement statement = connection.prepareStatement(sql)) {
                int place = 1;
                for (String input : inputs) {
                    statement.setString(place++, row.cell(input) instanceof Cell.Known known ? known.text() : null);
                }
                try (ResultSet result = statement.executeQuery()) {
                    result.next();
                    Map<String, Cell> cells = new HashMap<>();
                    row.columns().forEach(column -> cells.put(column, row.cell(column)));
                    for (int i = 0; i < computable.size(); i++) {
                        Column column = computable.get(i);
                        String text = result.getString(i + 1);
                        cells.put(
                                column.name(),
                                text == null
                                        ? Cell.NULL
                                        : Cell.known(text, column.type().kind()));
                    }
                    return Row.of(cells);
                }
            } catch (SQLException e) {
                if (e.getSQLState() != null && REFUSALS.contains(e.getSQLState().substring(0, 2))) {
                    return row;
                }
                throw e;
            }
        });
    }

    /** The expression is printed without the cast that fits its value to the column: rounding, padding. */
    private static String computation(Column column) {
        return "CAST(" + column.generated().orElseThrow().expression() + " AS " + column.sqlType() + ")::text";
    }
}
