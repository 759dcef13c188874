package io.softpath.faults.fuzz;

import io.softpath.abi.control.BaseInfo;
import io.softpath.abi.control.Command;
import io.softpath.abi.control.ContextInfo;
import io.softpath.abi.control.ControlRecord;
import io.softpath.linux.Fd;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/** What a hostile client knows of its open file from the answers it got. */
final class Knowledge implements AutoCloseable {
    private static final int MOST_HANDLES = 24;

    private final List<Integer> handles = new ArrayList<>();
    private final List<Fd> kept = new ArrayList<>();
    private BaseInfo info;
    private ContextInfo context;
    private boolean assigned;

    void learn(Recipe recipe, int result, MemorySegment reply, List<Fd> files) {
        int payload = ControlRecord.payloadBytes(reply);
        if (recipe.command() == Command.ASSIGN_CONTEXT.code()) {
            assigned = true;
        } else if (recipe.command() == Command.CTXT_INFO.code()) {
            context = ContextInfo.read(reply, ControlRecord.REPLY_PAYLOAD);
        } else if (recipe.command() == Command.USER_INIT.code()) {
            info = BaseInfo.read(reply, ControlRecord.REPLY_PAYLOAD, payload);
        } else if (recipe.kind() == ControlRecord.MEM_CREATE) {
            handles.add(result);
            if (handles.size() > MOST_HANDLES) {
                handles.removeFirst();
            }
            keep(files);
        } else if (recipe.kind() == ControlRecord.DIRECT_OPEN) {
            keep(files);
        }
    }

    /** Keeps a descriptor for a while, to do things to it. */
    private void keep(List<Fd> files) {
        kept.addAll(files);
        files.clear();
        if (kept.size() > MOST_HANDLES) {
            kept.removeFirst().close();
        }
    }

    boolean isAssigned() {
        return assigned;
    }

    boolean isInitialised() {
        return info != null;
    }

    BaseInfo info() {
        return info;
    }

    ContextInfo context() {
        return context;
    }

    List<Fd> files() {
        return kept;
    }

    /** A handle that it has, or had. */
    int handle(Dice dice) {
        return handles.isEmpty() || dice.oneIn(6) ? dice.below(8) : dice.of(handles);
    }

    /** A token that maps something, if it has any. */
    long token(Dice dice) {
        if (info == null) {
            return 0;
        }
        return switch (dice.below(11)) {
            case 0 -> info.uregbase();
            case 1 -> info.piobufbase();
            case 2 -> info.rcvEgrbufs();
            case 3 -> info.rcvhdrBase();
            case 4 -> info.rcvhdrTailaddr();
            case 5 -> info.pioavailaddr();
            case 6 -> info.sendbufStatus();
            case 7 -> info.subctxtUregbase();
            case 8 -> info.subctxtRcvhdrBase();
            case 9 -> info.subctxtRcvegrbuf();
            default -> info.status();
        };
    }

    @Override
    public void close() {
        kept.forEach(Fd::close);
        kept.clear();
    }
}
