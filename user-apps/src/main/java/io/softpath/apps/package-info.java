/** Programs that use the device, one package each. */
package io.softpath.apps;
