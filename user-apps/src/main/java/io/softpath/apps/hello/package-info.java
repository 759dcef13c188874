/** Every rank greets every other one through the chip, and checks every byte. One thread. */
package io.softpath.apps.hello;
