/** The command line: starts, watches and stops daemons and user programs. */
package io.softpath.launch;
