/**
 * The lab: sessions of "hello, world" over every combination of kernel era, allocation and mapping
 * method, what comes of them, and the events that lead there.
 *
 * <p>Pure and deterministic, as the ledger it runs on.
 */
package io.softpath.ledger.lab;
