/** The heat equation on a plate that the ranks share, and a picture of it. */
package io.softpath.apps.heat;
