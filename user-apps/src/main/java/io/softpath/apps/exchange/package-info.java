/**
 * Many ranks that send each other messages whose contents prove themselves, acknowledge each one,
 * and write down what they did: the workload of {@code softpath faults run}. Any of them may be
 * killed at any time, and so may the daemon.
 */
package io.softpath.apps.exchange;
