/** Lines typed in one process appear in the other. One thread sends, one receives. */
package io.softpath.apps.chat;
