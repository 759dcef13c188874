/** The driver library of softpath; its packages are listed in the README of this module. */
package io.softpath;
