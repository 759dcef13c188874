package io.softpath.apps;

import io.softpath.abi.psm.EndpointId;
import io.softpath.job.Job;
import io.softpath.psm.Endpoint;
import io.softpath.psm.EndpointOptions;
import io.softpath.psm.Group;

import java.time.Duration;
import java.util.List;
import java.util.UUID;

/** Brings the ranks of a job together: what a program with matched queues begins with. */
public final class Ranks {
    private Ranks() {}

    /** Opens an endpoint for this rank; all of a job share an id that rank 0 has made up. */
    public static Endpoint open(Job job) {
        UUID id = UUID.fromString(job.allGather(UUID.randomUUID().toString()).getFirst());
        return Endpoint.open(EndpointOptions.ofJob(id));
    }

    /** Tells all ranks where this one is, and connects each with each. */
    public static Group connect(Job job, Endpoint endpoint, Duration patience) {
        List<EndpointId> ids =
                job.allGather(Long.toString(endpoint.id().value())).stream()
                        .map(value -> new EndpointId(Long.parseLong(value)))
                        .toList();
        return Group.connect(endpoint, job.rank(), ids, patience);
    }
}
