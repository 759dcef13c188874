/**
 * What joins chips: implementations of {@link io.softpath.daemon.chip.Wire}.
 *
 * <p>Runs on the thread that drives the chips and owns no other.
 */
package io.softpath.daemon.link;
