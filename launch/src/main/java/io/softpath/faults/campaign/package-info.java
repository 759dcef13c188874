/**
 * The campaign: a daemon and ranks that exchange messages, killed, paused and cut off from each
 * other by a seeded schedule, round after round. What they have written down is held against the
 * rules of {@link io.softpath.faults.check}, and what the daemon holds afterwards against what it
 * held before.
 *
 * <pre>
 *  Campaign          rounds, one after the other, on one daemon that is started again when killed
 *    Round           start all ranks, faults by Schedule, drain, stop, Books, Checker
 *      Cluster       the processes: DaemonChild, and for each rank a Member with its spare
 * </pre>
 *
 * One thread does all of it; others only read what the children print.
 */
package io.softpath.faults.campaign;
