/**
 * Registers and what they count: the user register page, the chip's error bits and the counter
 * catalogues. Stateless; any thread may use it, and each {@link io.softpath.abi.register.Register}
 * says who writes it.
 */
package io.softpath.abi.register;
