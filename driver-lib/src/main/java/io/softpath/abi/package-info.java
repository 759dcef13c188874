/**
 * The contract between the device daemon and its users: numbers and layouts, no I/O. Daemon and
 * driver meet only here. Everything is stateless or immutable, so any thread may use it.
 */
package io.softpath.abi;
