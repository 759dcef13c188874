/**
 * Programs that use the device, one package each, short enough to learn from. Each rank is a
 * process with one main thread.
 */
package io.softpath.apps;
