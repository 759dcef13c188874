/** The memory that two processes share to hand each other messages without the chip. */
package io.softpath.abi.direct;
