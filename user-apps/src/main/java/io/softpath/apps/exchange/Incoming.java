package io.softpath.apps.exchange;

import io.softpath.psm.engine.Request;

/**
 * A message that is being received.
 *
 * @param slot the how manieth receive it is, in the order in which they match
 */
record Incoming(long tag, long slot, Buffers.Buffer buffer, Request request) {}
