package dev.freshet.writer.plan;

import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelOptions;
import dev.cel.common.CelValidationException;
import dev.cel.common.ast.CelConstant;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.navigation.CelNavigableAst;
import dev.cel.common.types.MapType;
import dev.cel.common.types.SimpleType;
import dev.cel.compiler.CelCompilerFactory;
import dev.cel.parser.CelStandardMacro;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import dev.cel.runtime.CelRuntimeFactory;
import dev.freshet.model.Cell;
import dev.freshet.model.Row;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * A {@code when} expression, in the Common Expression Language over {@code row}: integers are ints, numeric and floating
 * point columns doubles, booleans bools, null is null, all else is text as {@code column::text} prints it. It names every
 * column that it reads, so that what an image does not tell is noticed. Immutable and thread-safe.
 */
public final class WhenExpression {

    /** What an expression says of one image. */
    public enum Verdict {
        TRUE,
        FALSE,
        /** An error, something that is no boolean, or a column that the image does not tell. */
        UNDECIDED
    }

    private static final CelOptions OPTIONS =
            CelOptions.current().enableHeterogeneousNumericComparisons(true).build();

    private final CelRuntime.Program program;
    private final Set<String> columns;

    private WhenExpression(CelRuntime.Program program, Set<String> columns) {
        this.program = program;
        this.columns = columns;
    }

    /**
     * Compiles an expression.
     *
     * @throws IllegalArgumentException with a message for people, where it is none, can never be a boolean, or reads
     *     {@code row} otherwise than column by column
     */
    public static WhenExpression compile(String expression) {
        try {
            CelAbstractSyntaxTree ast = CelCompilerFactory.standardCelCompilerBuilder()
                    .setOptions(OPTIONS)
                    .setStandardMacros(CelStandardMacro.STANDARD_MACROS)
                    .addVar("row", MapType.create(SimpleType.STRING, SimpleType.DYN))
                    .setResultType(SimpleType.BOOL)
                    .build()
                    .compile(expression)
                    .getAst();
            CelRuntime.Program program = CelRuntimeFactory.standardCelRuntimeBuilder()
                    .setOptions(OPTIONS)
                    .build()
                    .createProgram(ast);
            return new WhenExpression(program, columnsOf(expression, ast));
        } catch (CelValidationException e) {
            String problems =
                    e.getErrors().stream().map(issue -> issue.getMessage()).collect(Collectors.joining("; "));
            throw new IllegalArgumentException("'" + expression + "' is no expression: " + problems, e);
        } catch (CelEvaluationException e) {
            throw new IllegalArgumentException("'" + expression + "' is no expression: " + e.getMessage(), e);
        }
    }

    /** The columns that the expression names: {@code row.status}, {@code row["Mixed Case"]}. */
    public Set<String> columns() {
        return columns;
    }

    public Verdict judge(Row row) {
        if (columns.stream().anyMatch(column -> row.cell(column) instanceof Cell.Unknown)) {
            // has(row.column) would take it for a column that the table does not have.
            return Verdict.UNDECIDED;
        }
        Map<String, Object> values = new HashMap<>();
        for (String column : row.columns()) {
            Cell cell = row.cell(column);
            if (cell instanceof Cell.Known known) {
                values.put(column, value(known));
            } else if (cell instanceof Cell.Null) {
                values.put(column, dev.cel.common.values.NullValue.NULL_VALUE);
            }
        }
        try {
            Object result = program.eval(Map.of("row", values));
            return result instanceof Boolean decided ? decided ? Verdict.TRUE : Verdict.FALSE : Verdict.UNDECIDED;
        } catch (CelEvaluationException e) {
            return Verdict.UNDECIDED;
        }
    }

    private static Object value(Cell.Known cell) {
        return switch (cell.kind()) {
            case INTEGER -> Long.parseLong(cell.text());
            case DECIMAL -> Double.parseDouble(cell.text());
            case BOOLEAN -> Boolean.parseBoolean(cell.text());
            case TEXT, JSON -> cell.text();
        };
    }

    private static Set<String> columnsOf(String expression, CelAbstractSyntaxTree ast) {
        Set<String> columns = new TreeSet<>();
        CelNavigableAst.fromAst(ast)
                .getRoot()
                .allNodes()
                .filter(node -> isRow(node.expr()))
                .forEach(row -> columns.add(row.parent()
                        .flatMap(parent -> column(parent.expr()))
                        .orElseThrow(() -> new IllegalArgumentException("'" + expression
                                + "' reads row as a whole: name its columns, as in row.status or row[\"Status\"]"))));
        return columns;
    }

    private static Optional<String> column(CelExpr expr) {
        if (expr.getKind() == CelExpr.ExprKind.Kind.SELECT
                && isRow(expr.select().operand())) {
            return Optional.of(expr.select().field());
        }
        if (expr.getKind() == CelExpr.ExprKind.Kind.CALL
                && expr.call().function().equals("_[_]")
                && isRow(expr.call().args().get(0))) {
            CelExpr index = expr.call().args().get(1);
            if (index.getKind() == CelExpr.ExprKind.Kind.CONSTANT
                    && index.constant().getKind() == CelConstant.Kind.STRING_VALUE) {
                return Optional.of(index.constant().stringValue());
            }
        }
        return Optional.empty();
    }

    private static boolean isRow(CelExpr expr) {
        return expr.getKind() == CelExpr.ExprKind.Kind.IDENT
                && expr.ident().name().equals("row");
    }
}
