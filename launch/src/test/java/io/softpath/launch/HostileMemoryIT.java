package io.softpath.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.softpath.abi.Fidelity;
import io.softpath.abi.control.PinRecord;
import io.softpath.abi.packet.ExpectedPsn;
import io.softpath.abi.packet.TidSessionList;
import io.softpath.abi.register.ChipCounter;
import io.softpath.driver.Address;
import io.softpath.driver.Context;
import io.softpath.driver.ContextOptions;
import io.softpath.driver.Device;
import io.softpath.driver.PinnedRegion;
import io.softpath.driver.expected.ExpectedSender;
import io.softpath.linux.CurrentProcess;
import io.softpath.linux.MappedMemory;

import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A user that punches holes into the memory that the chip writes to, tries to cut it off, and drops
 * it: it harms nobody, not even the packets that come afterwards.
 */
@ExtendWith(ChildOutput.class)
class HostileMemoryIT {
    private static final int PAGE = (int) MappedMemory.PAGE_BYTES;

    private final MemorySegment grant = MemorySegment.ofArray(new byte[2048]);
    private volatile boolean stopping;
    private final AtomicLong sent = new AtomicLong();
    private volatile Throwable failure;

    @ParameterizedTest
    @CsvSource({"false,false", "false,true", "true,false", "true,true"})
    @Fidelity({46, 49, 56})
    void shouldGoOnWritingWhateverItsOwnerDoesToTheFile(boolean otherUid, boolean gather)
            throws Exception {
        if (otherUid) {
            OtherUser.assumeAvailable();
        }
        try (ChildDaemon daemon = ChildDaemon.startForEverybody();
                Device observer = daemon.open();
                Bystanders bystanders = new Bystanders(daemon);
                OtherUser other = otherUid ? newOtherUser() : null;
                Jvm owner = start(daemon, other);
                Context sending =
                        daemon.open().openContext(ContextOptions.defaults().withGather(gather))) {
            String[] words = owner.awaitLine("^grant (.+)$").group(1).split(" ", -1);
            writeGrant(words);
            PinRecord pin = pinOf(observer, owner);
            assertEquals(otherUid ? OtherUser.UID : CurrentProcess.uid(), pin.uid());
            assertEquals(HostileOwner.PAGES, pin.pinnedPages());
            Address to = new Address(sending.address().lid(), Integer.parseInt(words[0]));
            Thread sender = startSending(sending, to);

            owner.println("the packets flow");
            owner.awaitLine("truncate to nothing: EPERM");
            owner.awaitLine("truncate by a page: EPERM");
            owner.awaitLine("lengthen: EPERM");
            owner.awaitLine("allocate more: EPERM");
            owner.awaitLine("seal against writes: EPERM");
            owner.awaitLine("seal against new maps: EPERM");
            owner.awaitLine("punched " + HostileOwner.ROUNDS + " times");
            owner.awaitLine("unmapped");
            bystanders.assertUndisturbed();
            awaitMorePackets();

            owner.kill();
            Await.until(
                    "the daemon takes back all that the dead had",
                    () -> observer.inspect().pins(0).stream().noneMatch(p -> isOf(p, owner)));
            Await.until(
                    "packets to the dead to be dropped",
                    () -> Counted.by(observer, ChipCounter.RX_PKT_DROPPED) > 0);
            stopping = true;
            sender.join();
            assertEquals(null, failure);
            bystanders.assertUndisturbed();
            assertEquals(List.of(), daemon.complaints(), "complaints of the daemon");
        }
    }

    private static OtherUser newOtherUser() {
        return OtherUser.withCodeOf(HostileOwner.class.getName(), "io.softpath.linux.Fd");
    }

    private static Jvm start(ChildDaemon daemon, OtherUser user) {
        Jvm.Builder owner = Jvm.of(HostileOwner.class).arguments(daemon.directory().toString());
        return (user == null ? owner : user.run(owner)).start();
    }

    private static PinRecord pinOf(Device observer, Jvm owner) {
        return observer.inspect().pins(0).stream()
                .filter(p -> isOf(p, owner))
                .findFirst()
                .orElseThrow();
    }

    private static boolean isOf(PinRecord pin, Jvm owner) {
        return pin.pid() == owner.pid();
    }

    /** What the library of a receiver would have written. */
    private void writeGrant(String[] contextAndTids) {
        int count = contextAndTids.length - 1;
        assertEquals(HostileOwner.PAGES, count, "TIDs");
        TidSessionList.write(grant, 0, count, 0, 0, 1L << 32, 1, 0, count * PAGE);
        for (int i = 0; i < count; i++) {
            int tid = Integer.parseInt(contextAndTids[i + 1]);
            TidSessionList.putEntry(grant, 0, i, tid, 0, PAGE);
        }
        TidSessionList.putStart(grant, 0, ExpectedPsn.of(0, 1, 0));
    }

    private Thread startSending(Context sending, Address to) {
        PinnedRegion source = sending.pin(HostileOwner.BYTES);
        for (long at = 0; at < HostileOwner.BYTES; at += Integer.BYTES) {
            source.segment().set(ValueLayout.JAVA_INT, at, HostileOwner.DATA);
        }
        ExpectedSender sender = sending.expected().sender(sending.destination(to));
        return Thread.ofPlatform()
                .daemon()
                .uncaughtExceptionHandler((thread, e) -> failure = e)
                .start(() -> {
                    while (!stopping) {
                        sender.begin(grant, 0, 2048, source, 0, HostileOwner.BYTES);
                        while (!sender.send().isSent()) {
                            Thread.yield();
                        }
                        sent.incrementAndGet();
                    }
                });
    }

    private void awaitMorePackets() {
        long before = sent.get();
        Await.until("packets to be sent", () -> failure != null || sent.get() >= before + 10);
    }
}
