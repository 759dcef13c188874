/**
 * Named points of the code at which a fault can be made to happen ({@link
 * io.softpath.fault.FaultPoint}), what happens at which ({@link io.softpath.fault.FaultPlan}), and
 * the hooks that say that a point is passed ({@link io.softpath.fault.Faults}).
 *
 * <p>Whether points do anything is decided once, before the first is passed, so without a plan the
 * compiler takes them out. Any thread may pass a point. Signals are sent by whoever installs itself
 * ({@link io.softpath.fault.Faults#signals}), as this package calls no native code.
 */
package io.softpath.fault;
