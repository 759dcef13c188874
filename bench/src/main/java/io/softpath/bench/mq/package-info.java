/**
 * Matched queues measured from outside: a private daemon and two users, each a JVM of its own, that
 * wait as programs do, with {@code MatchedQueue.await}.
 */
package io.softpath.bench.mq;
