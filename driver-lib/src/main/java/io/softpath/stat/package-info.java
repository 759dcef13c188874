/**
 * The statistics of a unit, which tools read while it runs: counters and distinct errors in one
 * sealed file in memory ({@link io.softpath.stat.StatLayout}). The daemon writes it ({@link
 * io.softpath.stat.StatWriter}); tools map it read-only and copy ({@link
 * io.softpath.stat.StatReader}), so that no tool can disturb or be crashed by what it reads.
 *
 * <p>It starts no thread. Counters are published by the daemon's duty cycle; errors may be recorded
 * by any thread.
 */
package io.softpath.stat;
