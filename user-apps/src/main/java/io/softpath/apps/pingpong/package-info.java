/** Two ranks send one packet back and forth and print how long it takes. One thread. */
package io.softpath.apps.pingpong;
