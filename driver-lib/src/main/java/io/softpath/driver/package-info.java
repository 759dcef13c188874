/**
 * The API that programs use: open a {@link io.softpath.driver.Device}, get a {@link
 * io.softpath.driver.Context}, send and receive packets through the chip's memory. Sending belongs
 * to one thread at a time, receiving to one thread at a time (the two may differ); everything else
 * may be called by any thread.
 */
package io.softpath.driver;
