/**
 * The command line: starts, watches and stops daemons and user programs.
 *
 * <p>The main thread starts the ranks of a job and outlives them, since the kernel ends them with
 * the thread that started them; everything that happens to them reaches it over one queue. Other
 * threads only move output and wait for ends.
 */
package io.softpath.launch;
