package io.softpath.faults.fuzz;

/** What is attacked; named as on the command line. */
enum Target {
    /** Records of the control channel. */
    control,
    /** Packets in send buffers, and how they are launched. */
    pio,
    /** The register page. */
    registers,
    /** The header queue, and the files of all regions that may be written. */
    rcvhdrq,
    /** TIDs in packets and in gather records. */
    tids,
    /** Rings and slots that two processes share. */
    direct,
    /** Lists of TIDs that a receiver grants to who sends to it: in one thread only. */
    grants;

    /** Whether hostile processes do it too. */
    boolean isOfProcesses() {
        return this != grants;
    }
}
