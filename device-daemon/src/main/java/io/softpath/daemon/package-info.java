/** The device daemon: configuration, wiring and the only place that starts a thread. */
package io.softpath.daemon;
