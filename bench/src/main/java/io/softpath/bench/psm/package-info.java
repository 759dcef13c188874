/**
 * The real library of the chip, libpsm, measured beside softpath's own, each between two processes
 * on two units of one daemon.
 */
package io.softpath.bench.psm;
