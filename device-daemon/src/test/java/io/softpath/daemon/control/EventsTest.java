package io.softpath.daemon.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.softpath.abi.Fidelity;
import io.softpath.abi.control.Command;
import io.softpath.abi.control.ControlRecord;
import io.softpath.abi.control.UnitRecord;
import io.softpath.abi.control.UnitStatus;
import io.softpath.abi.control.UserEvent;
import io.softpath.abi.model.ChipModel;
import io.softpath.abi.packet.Pbc;
import io.softpath.abi.region.AvailPage;
import io.softpath.abi.register.ChipCounter;
import io.softpath.abi.register.ErrorStatus;
import io.softpath.daemon.DaemonTestBase;
import io.softpath.daemon.FakeClient;
import io.softpath.daemon.FakeSender;
import io.softpath.error.Errno;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

class EventsTest extends DaemonTestBase {
    private static final int LID = 1;
    private static final long UP =
            UnitStatus.INITTED | UnitStatus.CHIP_PRESENT | UnitStatus.IB_CONF | UnitStatus.IB_READY;

    private final List<FakeSender> senders = new ArrayList<>();

    /** A started client, its memory, and the context it has. */
    private record User(FakeClient client, FakeSender memory, int context) {
        long events() {
            return memory.eventWord();
        }
    }

    private User user() {
        FakeClient client = client();
        client.features(ControlRecord.FEATURE_INLINE_TRIGGER);
        var info = client.start();
        FakeSender memory = new FakeSender(client, model(), info);
        senders.add(memory);
        return new User(client, memory, info.context());
    }

    private FakeClient.Reply admin(int op, long argument) {
        FakeClient admin = client();
        FakeClient.Reply reply = admin.admin(op, 0, argument);
        admin.close();
        return reply;
    }

    private long counter(ChipCounter counter) {
        return daemon().units().getFirst().chip().counter(counter);
    }

    @AfterEach
    void unmap() {
        senders.forEach(FakeSender::close);
    }

    @Test
    @Fidelity({23, 25})
    void shouldGiveABadBufferBackWhenItsEventIsAcknowledged() {
        start();
        User user = user();
        User other = user();
        int buffer = user.memory().write(LID, user.context(), 0);
        user.memory().launch(buffer, Pbc.of(3));
        daemon().doWork();
        assertEquals(UserEvent.DISARM_BUFS, user.events());
        assertEquals(0, other.events());
        user.client().command(Command.PIOAVAILUPD);
        assertEquals(2, user.memory().availBits(buffer) & 2, "busy until disarmed");
        assertEquals(12, user.client().command(Command.ACK_EVENT, UserEvent.LINKDOWN).result());
        assertEquals(UserEvent.DISARM_BUFS, user.events(), "only the bits given are cleared");
        assertEquals(12, user.client().command(Command.ACK_EVENT, UserEvent.DISARM_BUFS).result());
        assertEquals(0, user.events());
        assertEquals(0, user.memory().availBits(buffer) & 2);
        assertEquals(0, counter(ChipCounter.TX_PKT));
    }

    @Test
    @Fidelity(23)
    void shouldDisarmByTheOlderCommandToo() {
        start();
        User user = user();
        user.memory().launch(user.memory().write(LID, user.context(), 0), Pbc.of(3));
        daemon().doWork();
        assertEquals(4, user.client().command(Command.DISARM_BUFS).result());
        assertEquals(0, user.events());
    }

    @Test
    @Fidelity(23)
    void shouldNotForgetABufferThatIsFoundBadWhileOthersAreDisarmed() {
        start();
        User user = user();
        int first = user.memory().write(LID, user.context(), 0);
        int second = user.memory().write(LID, user.context(), 0);
        user.memory().launch(second, Pbc.of(3));
        sweep();
        assertEquals(UserEvent.DISARM_BUFS, user.events());
        user.memory().launch(first, Pbc.of(3)); // not in ring order: seen when all are looked at
        assertEquals(12, user.client().command(Command.ACK_EVENT, UserEvent.DISARM_BUFS).result());
        assertEquals(UserEvent.DISARM_BUFS, user.events(), "the first one is bad too");
        assertEquals(0, user.memory().availBits(second) & 2);
        assertEquals(12, user.client().command(Command.ACK_EVENT, UserEvent.DISARM_BUFS).result());
        assertEquals(0, user.events());
        assertEquals(0, user.memory().availBits(first) & 2);
    }

    @Test
    @Fidelity(24)
    void shouldReportArmlaunchUnlessSilenced() {
        start();
        User user = user();
        admin(ControlRecord.ADMIN_HOLD_SENDS, 0);
        int first = user.memory().write(LID, user.context(), 0);
        user.memory().launch(first);
        daemon().doWork();
        assertEquals(8, user.client().command(Command.ARMLAUNCH_CTRL, 0).result());
        user.memory().launch(first);
        sweep();
        assertEquals(0, user.events());
        assertEquals(8, user.client().command(Command.ARMLAUNCH_CTRL, 1).result());
        user.memory().launch(first);
        sweep();
        assertEquals(UserEvent.DISARM_BUFS, user.events());
        UnitRecord unit =
                UnitRecord.read(
                        user.client().inspect(ControlRecord.INSPECT_UNITS, 0, 0).segment(), 0);
        assertNotEquals(0, unit.errors() & ErrorStatus.SEND_PIO_ARMLAUNCH);
    }

    @Test
    void shouldReportArmlaunchAgainWhenWhoSilencedItIsGone() {
        start();
        User user = user();
        User silencer = user();
        silencer.client().command(Command.ARMLAUNCH_CTRL, 0);
        silencer.client().close();
        admin(ControlRecord.ADMIN_HOLD_SENDS, 0);
        int buffer = user.memory().write(LID, user.context(), 0);
        user.memory().launch(buffer);
        daemon().doWork();
        user.memory().launch(buffer);
        sweep();
        assertEquals(UserEvent.DISARM_BUFS, user.events());
    }

    private void sweep() {
        for (int i = 0; i < 200; i++) {
            daemon().doWork();
        }
    }

    @Test
    @Fidelity({25, 59})
    void shouldTellEverybodyWhenTheLinkGoesDown() {
        start();
        User a = user();
        User b = user();
        assertEquals(UP, a.memory().status());
        admin(ControlRecord.ADMIN_LINK_DOWN, 0);
        long both = UserEvent.DISARM_BUFS | UserEvent.LINKDOWN;
        assertEquals(both, a.events());
        assertEquals(both, b.events());
        assertEquals(UnitStatus.INITTED | UnitStatus.CHIP_PRESENT, a.memory().status());
        admin(ControlRecord.ADMIN_LINK_UP, 0);
        assertEquals(UP, b.memory().status());
        a.client().command(Command.ACK_EVENT, UserEvent.LINKDOWN);
        assertEquals(UserEvent.DISARM_BUFS, a.events());
        assertEquals(both, b.events());
    }

    @Test
    void shouldTellOnlyTheFirstContextOfALostLinkAsAQuirk() {
        startWith(Quirk.EVENTS_FIRST_CONTEXT_ONLY);
        User a = user();
        User b = user();
        admin(ControlRecord.ADMIN_LINK_DOWN, 0);
        assertEquals(UserEvent.DISARM_BUFS | UserEvent.LINKDOWN, a.events());
        assertEquals(UserEvent.DISARM_BUFS, b.events());
    }

    @Test
    @Fidelity(59)
    void shouldShowNoProgressNoNetworkAndFailureApart() {
        start();
        User user = user();
        admin(ControlRecord.ADMIN_LINK_DOWN, 1);
        assertEquals(UP & ~UnitStatus.IB_READY, user.memory().status(), "no progress");
        admin(ControlRecord.ADMIN_LINK_DOWN, 0);
        assertEquals(
                0,
                user.memory().status() & (UnitStatus.IB_CONF | UnitStatus.IB_READY),
                "no network");
        admin(ControlRecord.ADMIN_LINK_UP, 0);
        admin(ControlRecord.ADMIN_FREEZE, 0);
        assertNotEquals(0, user.memory().status() & UnitStatus.HWERROR, "device failure");
        ChipModel model = model();
        assertTrue(AvailPage.text(user.memory().avail(), model).startsWith("frozen by uid="));
        assertEquals(
                AvailPage.status(user.memory().avail(), AvailPage.statusOffset(model)),
                user.memory().status());
        admin(ControlRecord.ADMIN_THAW, 0);
        assertEquals(UP, user.memory().status());
        assertEquals("", AvailPage.text(user.memory().avail(), model));
    }

    @Test
    @Fidelity(60)
    void shouldStopTheAvailPageWhileFrozen() {
        start();
        admin(ControlRecord.ADMIN_AVAIL_THRESHOLD, 1);
        User user = user();
        admin(ControlRecord.ADMIN_FREEZE, 0);
        int buffer = user.memory().write(LID, user.context(), 0);
        int before = user.memory().availBits(buffer);
        user.memory().launch(buffer);
        sweep();
        user.client().command(Command.PIOAVAILUPD);
        assertEquals(before, user.memory().availBits(buffer));
        admin(ControlRecord.ADMIN_THAW, 0);
        sweep();
        assertEquals(before ^ 1, user.memory().availBits(buffer), "sent after the thaw");
        assertRefused(Errno.EIO, frozenAssign());
    }

    private FakeClient.Reply frozenAssign() {
        admin(ControlRecord.ADMIN_FREEZE, 0);
        return client().assign();
    }

    @Test
    @Fidelity(21)
    void shouldRefreshTheAvailPageOnCommand() {
        start();
        User user = user();
        admin(ControlRecord.ADMIN_AVAIL_THRESHOLD, 31);
        int buffer = user.memory().write(LID, user.context(), 0);
        int before = user.memory().availBits(buffer);
        user.memory().launch(buffer);
        sweep();
        assertEquals(before, user.memory().availBits(buffer), "below the threshold");
        assertEquals(4, user.client().command(Command.PIOAVAILUPD).result());
        assertEquals(before ^ 1, user.memory().availBits(buffer));
    }

    @Test
    @Fidelity(26)
    void shouldMakeAnAcknowledgedDisarmWaitForTheLinkAndThenSayNetworkDown() {
        start();
        User user = user();
        User bystander = user();
        admin(ControlRecord.ADMIN_LINK_DOWN, 0);
        user.client().sendCommand(Command.ACK_EVENT, UserEvent.DISARM_BUFS);
        assertNull(user.client().receive(), "no answer while the link is down");
        assertEquals(
                UserEvent.DISARM_BUFS | UserEvent.LINKDOWN, user.events(), "the bit is set again");
        assertEquals(
                12, bystander.client().command(Command.ACK_EVENT, UserEvent.LINKDOWN).result());
        admin(ControlRecord.ADMIN_LINK_UP, 0);
        FakeClient.Reply reply = user.client().receive();
        assertRefused(Errno.ENETDOWN, reply);
        assertEquals(12, user.client().command(Command.ACK_EVENT, -1).result());
        assertEquals(0, user.events());
    }

    @Test
    @Fidelity(26)
    void shouldNotWaitForTheLinkForEver() {
        start(config().withOptions(new DriverOptions(0, 0, DriverOptions.TID_WINDOW_MS, Set.of())));
        User user = user();
        admin(ControlRecord.ADMIN_LINK_DOWN, 0);
        assertRefused(
                Errno.ENETDOWN, user.client().command(Command.ACK_EVENT, UserEvent.DISARM_BUFS));
        assertRefused(Errno.ENETDOWN, user.client().command(Command.DISARM_BUFS));
        assertEquals(UserEvent.DISARM_BUFS | UserEvent.LINKDOWN, user.events());
    }

    @Test
    void shouldForgetAWaitingClientThatDies() {
        start();
        User user = user();
        admin(ControlRecord.ADMIN_LINK_DOWN, 0);
        user.client().sendCommand(Command.ACK_EVENT, UserEvent.DISARM_BUFS);
        daemon().doWork();
        user.client().close();
        admin(ControlRecord.ADMIN_LINK_UP, 0);
        assertEquals(user.context(), user().context());
    }

    @Test
    void shouldAnswerOtherRequestsOfAClientWhileOneWaits() {
        start();
        User user = user();
        admin(ControlRecord.ADMIN_LINK_DOWN, 0);
        user.client().sendCommand(Command.ACK_EVENT, UserEvent.DISARM_BUFS);
        assertEquals(0, user.client().poll().result(), "armed");
        assertEquals(12, user.client().command(Command.CTXT_INFO, 0).result());
        assertRefused(
                Errno.ENETDOWN, user.client().command(Command.ACK_EVENT, UserEvent.DISARM_BUFS));
        admin(ControlRecord.ADMIN_LINK_UP, 0);
        assertRefused(Errno.ENETDOWN, user.client().receive());
        assertNull(user.client().receive(), "one answer to one request");
    }
}
