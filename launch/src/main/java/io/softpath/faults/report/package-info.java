/**
 * What a campaign came to: one page for the terminal, JSON, HTML with a time line, and Markdown for
 * the documentation. Results of several runs can be put together.
 */
package io.softpath.faults.report;
