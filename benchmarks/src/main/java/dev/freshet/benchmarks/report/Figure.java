package dev.freshet.benchmarks.report;

/**
 * Something that is measured, and shown as one table and one chart.
 *
 * @param name of the chart's file
 * @param unit of every number in it
 * @param logarithmic whether the chart's bars are long by the number's order of magnitude
 */
public record Figure(String name, String title, String unit, boolean logarithmic) {}
