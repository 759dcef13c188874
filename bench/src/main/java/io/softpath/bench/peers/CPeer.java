package io.softpath.bench.peers;

import io.softpath.bench.process.Findings;
import io.softpath.bench.report.Result;

import java.util.List;

/** What is measured beside softpath of the C world, where it is installed. */
enum CPeer {
    UCX_POSIX("ucx-posix", true, true) {
        @Override
        Tool open() {
            return UcxTool.open("posix,self");
        }
    },

    /** Long messages are copied once, from the other process's memory. */
    UCX_CMA("ucx-cma", false, false) {
        @Override
        Tool open() {
            return UcxTool.open("posix,cma,self");
        }
    },

    LIBFABRIC_SHM("libfabric-shm", true, false) {
        @Override
        Tool open() {
            return LibfabricTool.open();
        }
    },

    OPENMPI_SHM("openmpi-shm", true, true) {
        @Override
        Tool open() {
            return MpiTool.open();
        }
    };

    private final String label;
    private final boolean trips;
    private final boolean rates;

    CPeer(String label, boolean trips, boolean rates) {
        this.label = label;
        this.trips = trips;
        this.rates = rates;
    }

    /**
     * Opens what measures it.
     *
     * @throws io.softpath.bench.process.Unavailable if it is not on this machine
     */
    abstract Tool open();

    String label() {
        return label;
    }

    /** Up to where its results' names differ. */
    String prefix() {
        return "peer." + label;
    }

    String rtt() {
        return prefix() + ".rtt.8B";
    }

    /** Whether its round trips are of interest. */
    boolean hasTrips() {
        return trips;
    }

    /** Whether it can tell how many short messages go by; it can of long ones' bytes. */
    boolean hasRates() {
        return rates;
    }

    /** Its round trips, of each round: their times, or a number for all of them. */
    Result trips(List<Findings> rounds) {
        if (!rounds.getFirst().has(Tool.TRIP)) {
            return Result.ofHistograms(rtt(), "ns", Findings.histograms(rounds, Tool.TRIP));
        }
        long count = (long) Findings.sum(rounds, Tool.TRIP + Findings.COUNT);
        return Result.ofValues(rtt(), "ns", count, Findings.values(rounds, Tool.TRIP));
    }
}
