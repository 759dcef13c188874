package io.softpath.linux;

/**
 * Who connected ({@code SO_PEERCRED}), as of the connect.
 *
 * @param pid process number in this process's namespace; 0 if it is not visible from here
 * @param uid effective user
 * @param gid effective group
 */
public record PeerCredentials(int pid, int uid, int gid) {}
