package io.softpath.psm.engine;

import io.softpath.abi.psm.PsmError;

/** Messages to oneself: handed over without a packet. Source: psm, ptl_self. */
final class SelfPath implements Path {
    private final Peer self;
    private final EngineSettings settings;
    private final Requests requests;
    private final Matching matching;
    private final ActiveMessageEngine active;

    SelfPath(
            Peer self,
            EngineSettings settings,
            Requests requests,
            Matching matching,
            ActiveMessageEngine active) {
        this.self = self;
        this.active = active;
        this.settings = settings;
        this.requests = requests;
        this.matching = matching;
    }

    @Override
    public void send(Request request, boolean synchronous) {
        requests.runs(self, request);
        boolean copied =
                !synchronous
                        && request.length <= settings.rendezvousBytes()
                        && matching.arrives(
                                self,
                                request.tag,
                                request.length,
                                0,
                                request.buffer,
                                request.offset,
                                request.length);
        if (copied) {
            requests.complete(request, PsmError.OK);
        } else {
            requests.refer(request);
            matching.offered(this, self, request.tag, request.length, request.index, 0);
        }
    }

    @Override
    public void fetch(Request receive, int remoteRequest, long source) {
        Request send = requests.referred(remoteRequest);
        matching.store(receive, 0, send.buffer, send.offset, send.length);
        requests.complete(send, PsmError.OK);
    }

    /** PSM's device for oneself has no active messages. */
    @Override
    public void send(ActiveSend message) {
        active.toSelf(message);
    }

    @Override
    public void roomForReply() {
        // none was ever refused: its requests are as many as there may be
    }

    @Override
    public boolean isIdle() {
        return true;
    }

    @Override
    public void abandon() {}
}
