/**
 * The regions that user processes map: which there are, what each allows, under which token it is
 * asked for, and the layout of the avail page. Stateless; any thread may use it.
 */
package io.softpath.abi.region;
