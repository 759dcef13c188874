/**
 * Lines typed in one process appear in all others. One thread talks to the endpoint, another reads
 * the input.
 */
package io.softpath.apps.chat;
