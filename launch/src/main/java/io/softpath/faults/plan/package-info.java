/**
 * Fault plans as files: which process, which fault, when. Reads YAML, says what is wrong with it
 * and where, and makes of it what each process of a job is given.
 *
 * <p>Start at {@link io.softpath.faults.plan.PlanFile}. Values are immutable; {@link
 * io.softpath.faults.plan.TimedFaults} has a thread of its own, all else belongs to its caller's.
 */
package io.softpath.faults.plan;
