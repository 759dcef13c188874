/**
 * What can go wrong, as values: errno numbers and the exceptions that carry them. Nothing here
 * acts; any thread may use it.
 */
package io.softpath.error;
