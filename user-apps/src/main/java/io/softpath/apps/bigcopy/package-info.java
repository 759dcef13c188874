/**
 * Moves a file of any size from rank 0 to rank 1 in matched messages. Start at {@link
 * io.softpath.apps.bigcopy.Bigcopy}.
 *
 * <pre>
 *  rank 0                                                          rank 1
 *  file -> slots of pinned memory                                  slots of pinned memory -> file
 *       chunk n: a message whose tag has n, checksum, last ====>   a receive of n, into a free slot
 *       <------------------------- news: chunks that are written
 *       news ------------------------------------------------->    that it lives
 * </pre>
 *
 * A chunk is sent synchronously: not a byte of it moves before rank 1 has a slot for it. One thread
 * of each rank reads or writes its file; the main thread alone talks to the endpoint.
 */
package io.softpath.apps.bigcopy;
