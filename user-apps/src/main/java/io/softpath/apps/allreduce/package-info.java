/** Sums over all ranks, checked by each. */
package io.softpath.apps.allreduce;
