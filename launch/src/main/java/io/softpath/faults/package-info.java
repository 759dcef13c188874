/**
 * {@code softpath faults}: the commands that make things fail. What they do is in the packages
 * below, one for each part. The main thread runs them.
 */
package io.softpath.faults;
