/**
 * Plots as SVG, and the HTML around them, as text: no fonts are asked for, so a machine without any
 * draws them too. Knows nothing of results; no threads, no files.
 */
package io.softpath.bench.plot;
