/**
 * What user and driver tell each other outside of the fast path: the driver's commands and records
 * at user ABI 1.13, and softpath's own control channel that carries them. Records are immutable and
 * know their bytes; any thread may use them.
 */
package io.softpath.abi.control;
