/**
 * Figures and how they are printed: a table for people, one JSON object for tools. No threads,
 * nothing is timed here.
 */
package io.softpath.bench.report;
