package io.softpath.daemon.control;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.softpath.abi.Fidelity;
import io.softpath.abi.control.BaseInfo;
import io.softpath.abi.control.ControlRecord;
import io.softpath.abi.model.ChipModel;
import io.softpath.daemon.DaemonTestBase;
import io.softpath.daemon.FakeClient;
import io.softpath.daemon.FakeSender;
import io.softpath.error.Errno;

import org.junit.jupiter.api.Test;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/** The files that the driver has in sysfs and ipathfs, as a library reads them. */
class DriverFilesTest extends DaemonTestBase {
    private static final String SYSFS = "/sys/class/infiniband/qib";

    private static String text(FakeClient client, String path) {
        FakeClient.Reply reply = client.driverFile(path);
        assertEquals(ControlRecord.IS_FILE, reply.result(), path + ": " + reply.sentence());
        assertTrue(reply.payload().length <= 4096, path + ": libraries read one page");
        return reply.sentence();
    }

    private static long counter(FakeClient client, String names, String values, String name) {
        List<String> all = text(client, names).lines().toList();
        byte[] bytes = client.driverFile(values).payload();
        assertEquals(all.size() * 8, bytes.length, values);
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong(all.indexOf(name) * 8);
    }

    @Test
    void shouldTellEachPortsLidRateAndState() {
        start(config().withUnits(2));
        FakeClient client = client();
        assertEquals("0x1\n", text(client, SYSFS + "0/ports/1/lid"));
        assertEquals("0x2\n", text(client, SYSFS + "1/ports/1/lid"));
        assertEquals("0\n", text(client, SYSFS + "1/ports/1/lid_mask_count"));
        assertEquals("5: LinkUp\n", text(client, SYSFS + "0/ports/1/phys_state"));
        assertEquals("20 Gb/sec (4X DDR)\n", text(client, SYSFS + "0/ports/1/rate"));
        assertEquals("0\n", text(client, SYSFS + "0/ports/1/sl2vl/15"));
        assertEquals(
                "fe80:0000:0000:0000:0011:7500:0000:0001\n",
                text(client, SYSFS + "1/ports/1/gids/0"));
    }

    @Test
    void shouldFollowTheStateOfTheUnit() {
        start();
        FakeClient client = client();
        assertEquals("16\n", text(client, SYSFS + "0/nctxts"));
        assertEquals("16\n", text(client, SYSFS + "0/nfreectxts"));
        client.start();
        assertEquals("16\n", text(client, SYSFS + "0/nctxts"));
        assertEquals("15\n", text(client, SYSFS + "0/nfreectxts"));
        client.admin(ControlRecord.ADMIN_LINK_DOWN, 0, 0);
        assertEquals("2: Polling\n", text(client, SYSFS + "0/ports/1/phys_state"));
        assertEquals("1: DOWN\n", text(client, SYSFS + "0/ports/1/state"));
        client.admin(ControlRecord.ADMIN_LINK_UP, 0, 0);
        assertEquals("4: ACTIVE\n", text(client, SYSFS + "0/ports/1/state"));
    }

    @Test
    void shouldShowThatTheSecondPortHasNoCable() {
        start(config().withModel(ChipModel.IBA7322));
        FakeClient client = client();
        assertEquals("2\n", text(client, SYSFS + "0/nports"));
        assertEquals("5: LinkUp\n", text(client, SYSFS + "0/ports/1/phys_state"));
        assertEquals("2: Polling\n", text(client, SYSFS + "0/ports/2/phys_state"));
        assertEquals("0x0\n", text(client, SYSFS + "0/ports/2/lid"));
        byte[] zeros = client.driverFile("/ipathfs/0/port2counters").payload();
        assertArrayEquals(new byte[zeros.length], zeros);
    }

    @Test
    @Fidelity(62)
    void shouldHaveACounterForEachName() {
        start();
        FakeClient client = client();
        client.features(ControlRecord.FEATURE_INLINE_TRIGGER);
        BaseInfo info = client.start();
        try (FakeSender memory = new FakeSender(client, model(), info)) {
            memory.send(1, info.context());
            daemon().doWork();
        }
        String names = "/ipathfs/0/portcounter_names";
        assertEquals(1, counter(client, names, "/ipathfs/0/port1counters", "TxPkt"));
        assertEquals(1, counter(client, names, "/ipathfs/0/port1counters", "RxPkt"));
        assertEquals(0, counter(client, names, "/ipathfs/0/port1counters", "RxICRCerr"));
        assertEquals(
                1,
                counter(
                        client,
                        "/ipathfs/0/counter_names",
                        "/ipathfs/0/counters",
                        "Ctxt" + info.context() + "RxPkt"));
        assertEquals(
                1,
                counter(
                        client,
                        "/ipathfs/driver_stats_names",
                        "/ipathfs/driver_stats",
                        "CtxtsOpen"));
    }

    @Test
    void shouldListDirectories() {
        start(config().withUnits(2));
        FakeClient client = client();
        FakeClient.Reply root = client.driverFile("/ipathfs");
        assertEquals(ControlRecord.IS_DIRECTORY, root.result());
        assertEquals("0\0" + "1\0driver_stats\0driver_stats_names\0", root.sentence());
        assertEquals(ControlRecord.IS_DIRECTORY, client.driverFile(SYSFS + "1/").result());
        assertEquals("1\0", client.driverFile(SYSFS + "1/ports").sentence());
    }

    @Test
    void shouldRefuseWhatIsNotThere() {
        start();
        FakeClient client = client();
        for (String path :
                List.of(
                        "",
                        "/",
                        "lid",
                        SYSFS,
                        SYSFS + "1",
                        SYSFS + "0/ports/2",
                        SYSFS + "0/ports/1/CCMgtA/cc_table_bin",
                        "/ipathfs/0/../0/counters",
                        "/ipathfs/7")) {
            FakeClient.Reply reply = client.driverFile(path);
            assertEquals(Errno.ENOENT.number(), reply.errno(), path);
            assertTrue(reply.sentence().contains("path=" + path), reply.sentence());
        }
        assertEquals(Errno.ENOTDIR.number(), client.driverFile(SYSFS + "0/nctxts/").errno());
    }

    @Test
    void shouldRefuseAPathThatIsLongerThanItsRequest() {
        start();
        FakeClient client = client();
        int length = ControlRecord.driverFile(client.request(), 7, "/ipathfs");
        client.send(length - 1);
        FakeClient.Reply reply = client.receive();
        assertEquals(Errno.EINVAL.number(), reply.errno());
        assertTrue(reply.sentence().contains("path bytes=8"), reply.sentence());
        ControlRecord.putU32(client.request(), ControlRecord.DRIVER_FILE_PATH_BYTES, -1);
        client.send(length);
        assertEquals(Errno.EINVAL.number(), client.receive().errno());
    }
}
