package io.softpath.launch;

import java.util.List;

/** What a daemon holds, and a leak would change; needs {@link ChildDaemon#canBeLookedInto}. */
record Holdings(int descriptors, List<String> mappings, long sharedKib) {
    static Holdings of(ChildDaemon daemon) {
        return new Holdings(
                daemon.openDescriptors(), daemon.mappedRegions(), daemon.memoryKib("RssShmem"));
    }
}
