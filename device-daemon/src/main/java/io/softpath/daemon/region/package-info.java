/**
 * The memory that the daemon shares with its users: one sealed memfd per kind and context, one
 * avail page per unit, and the rules by which a user may map them.
 *
 * <p>Runs on the daemon's duty-cycle thread only; memory comes from confined arenas. A memfd is
 * never used for a second owner: a mapping cannot be taken back, so a new open gets new files and
 * the old ones are forgotten.
 */
package io.softpath.daemon.region;
