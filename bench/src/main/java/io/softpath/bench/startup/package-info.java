/**
 * How long it takes until something can be sent: from the start of a process, which the harness
 * times, and inside one that runs.
 */
package io.softpath.bench.startup;
