/**
 * Fault injection without processes: schedules of messages and faults, made from seeds, over the
 * simulator that the engines are tested with, judged by the same checker as real ones.
 *
 * <p>A {@link io.softpath.faults.sim.Schedule} is data that does not depend on what happens. The
 * same schedule gives the same {@link io.softpath.faults.sim.Trace}, byte for byte, and one that
 * breaks a rule can be made shorter. Each world has one thread; many worlds run at a time.
 */
package io.softpath.faults.sim;
