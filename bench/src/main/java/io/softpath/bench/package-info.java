/** Benchmarks, and the machine's floor they are compared with. */
package io.softpath.bench;
