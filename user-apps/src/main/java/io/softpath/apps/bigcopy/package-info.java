/**
 * Moves a file of any size from rank 0 to rank 1 by expected receive. Start at {@link
 * io.softpath.apps.bigcopy.Bigcopy}.
 *
 * <pre>
 *  rank 0                                                          rank 1
 *  file -> slots of pinned memory                                  slots of pinned memory -> file
 *       OFFER chunk, length, checksum ------------------------->
 *       <------------------------- GRANT chunk, the window's TIDs
 *       expected packets ======================================>   straight into the slot
 *       <------------------------- NAK    where to go on             only if something was lost
 *       <------------------------- STATUS chunks there, chunks written
 * </pre>
 *
 * One thread of each rank reads or writes its file; the main thread alone talks to the context.
 * {@link io.softpath.apps.bigcopy.SendingEnd} and {@link io.softpath.apps.bigcopy.ReceivingEnd}
 * decide what is said, without threads, clocks or memory of the chip.
 */
package io.softpath.apps.bigcopy;
