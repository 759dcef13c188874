/**
 * The few Linux system calls that softpath needs, each behind a type that cannot be misused into a
 * JVM crash: memfd and seals, shared mappings, epoll, poll, eventfd, {@code AF_UNIX}
 * sequenced-packet sockets with descriptor passing, peer credentials, limits, files without a name,
 * and what {@code /proc} says about mappings.
 *
 * <p>Every refusal of the kernel is a {@link io.softpath.error.SoftpathException} that names the
 * call, the errno and the object. Would-block, end of file and time-outs are return values, never
 * exceptions. {@code EINTR} is never seen by a caller.
 *
 * <p>The calls go through {@link java.lang.foreign.Linker} with one function shape; this is the
 * only package that makes native calls. It starts no thread. {@link io.softpath.linux.Fd} and
 * everything built on it may be used from any thread unless its Javadoc says otherwise.
 */
package io.softpath.linux;
