/**
 * The driver's end of the control channel: one connection is one open file of the device. Requests
 * may come from any thread; whoever waits for a reply reads for all. One more thread for each
 * device watches only for the daemon's end.
 */
package io.softpath.driver.control;
