/**
 * PIO send: which buffer is free, what goes into it, how it is launched. One thread sends on a
 * context at a time; nothing here locks, allocates or calls the system while buffers are free.
 */
package io.softpath.driver.send;
