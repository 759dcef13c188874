/** A message that goes round all ranks and comes back longer. */
package io.softpath.apps.ring;
