package io.softpath.daemon.control;

import io.softpath.abi.control.UserInfo;

/**
 * How a context is shared, as the process that assigned it asked for. Source: qib_common.h, struct
 * qib_user_info, spu_subctxt_cnt and spu_subctxt_id.
 *
 * @param count how many processes may share it, itself included; 0 if it is not shared
 * @param id what the processes of a job call it
 * @param userVersion user interface of all of them
 */
record Sharing(int count, int id, int userVersion) {
    static final Sharing NONE = new Sharing(0, 0, 0);

    static Sharing of(UserInfo info) {
        return new Sharing(info.subcontextCount(), info.subcontextId(), info.userVersion());
    }

    boolean isShared() {
        return count > 0;
    }
}
