package io.softpath.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.softpath.abi.model.ChipModel;
import io.softpath.daemon.control.DriverOptions;
import io.softpath.daemon.control.Quirk;
import io.softpath.error.Errno;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** A daemon in a directory of its own, driven by the test's thread. */
public abstract class DaemonTestBase {
    @TempDir Path temporary;

    private final List<FakeClient> clients = new ArrayList<>();
    private Daemon daemon;

    protected Daemon start(DaemonConfig config) {
        daemon = Daemon.start(config);
        return daemon;
    }

    /** One unit of the default model. */
    protected Daemon start() {
        return start(config());
    }

    protected Daemon startWith(Quirk first, Quirk... more) {
        Set<Quirk> quirks = EnumSet.of(first, more);
        return start(
                config().withOptions(new DriverOptions(0, 0, DriverOptions.TID_WINDOW_MS, quirks)));
    }

    /** The chip model of {@link #config}; a subclass runs the same tests on another one. */
    protected ChipModel model() {
        return ChipModel.IBA7220;
    }

    protected DaemonConfig config() {
        return DaemonConfig.of(temporary.resolve("run")).withModel(model());
    }

    protected Daemon daemon() {
        return daemon;
    }

    /** A client of unit 0. */
    protected FakeClient client() {
        return client(daemon.directory().node(0));
    }

    protected FakeClient client(Path node) {
        FakeClient client = new FakeClient(daemon, node);
        clients.add(client);
        return client;
    }

    protected static void assertRefused(Errno expected, FakeClient.Reply reply) {
        assertEquals(
                expected,
                Errno.of(reply.errno()),
                "errno of: " + reply.result() + " " + reply.sentence());
        assertTrue(
                reply.sentence().contains("="), "a refusal names the value: " + reply.sentence());
        assertTrue(reply.files().isEmpty(), "no descriptor with a refusal");
    }

    @AfterEach
    void stop() {
        clients.forEach(client -> client.socket().close());
        if (daemon != null) {
            daemon.close();
        }
    }
}
