/**
 * Chip models as data: how many contexts, PIO buffers, TIDs and queue entries a unit has, and how
 * they are divided. Immutable; any thread may use it.
 */
package io.softpath.abi.model;
