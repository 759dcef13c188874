/**
 * How the processes of one job find each other: ranks, an all-gather and a barrier over the
 * launcher's stream socket, as mpirun's out-of-band channel. Nothing here is on the fast path; a
 * {@link io.softpath.job.Job} may be used by any thread, one collective at a time.
 */
package io.softpath.job;
