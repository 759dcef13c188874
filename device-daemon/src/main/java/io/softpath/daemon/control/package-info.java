/**
 * The kernel driver's half: who may have which context, map what, and what each command answers.
 *
 * <p>Runs on the daemon's duty-cycle thread, like the chips it drives, so nothing here locks or
 * waits. A request is bytes from a stranger: every value is checked before the first effect, a
 * refusal is an {@link io.softpath.daemon.control.Answer} and not an exception, and no client can
 * make the daemon block.
 */
package io.softpath.daemon.control;
