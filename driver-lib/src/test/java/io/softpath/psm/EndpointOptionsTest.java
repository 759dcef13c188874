package io.softpath.psm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.softpath.abi.Fidelity;
import io.softpath.error.Errno;
import io.softpath.error.SoftpathException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.Map;
import java.util.Set;
import java.util.UUID;

final class EndpointOptionsTest {
    private static final UUID JOB = new UUID(1, 2);

    @Test
    void shouldHaveTheDefaultsOfPsm() {
        EndpointOptions options = EndpointOptions.ofJob(JOB, Map.of());
        assertEquals(64_000, options.rendezvousBytes());
        assertEquals(64, options.credits());
        assertTrue(options.tids());
        assertEquals(131_072, options.windowBytes());
        assertEquals(2 << 20, options.maxRequests());
        assertEquals(0, options.connectSeconds());
        assertEquals(0, options.closeSeconds());
    }

    @Test
    @Fidelity(74)
    void shouldHonourWhatTheEnvironmentSays() {
        EndpointOptions options =
                EndpointOptions.ofJob(
                        JOB,
                        Map.of(
                                "PSM_MQ_RNDV_IPATH_THRESH", "0x20000",
                                "PSM_FLOW_CREDITS", "8",
                                "PSM_MQ_SENDREQS_MAX", "10",
                                "PSM_MQ_RECVREQS_MAX", "20",
                                "PSM_CONNECT_TIMEOUT", "3",
                                "PSM_CLOSE_TIMEOUT", " 4 ",
                                "PSM_TID", "8",
                                "PSM_MQ_RNDV_IPATH_WINDOW", "4096"));
        assertFalse(options.tids());
        assertEquals(4096, options.windowBytes());
        assertEquals(131_072, options.rendezvousBytes());
        assertEquals(8, options.credits());
        assertEquals(30, options.maxRequests());
        assertEquals(3, options.connectSeconds());
        assertEquals(4, options.closeSeconds());
    }

    /** PSM raises or lowers what its packets cannot carry, and says so; we refuse it. */
    @Test
    void shouldHaveTheBoundsOfAWindowThatPsmHas() {
        assertEquals("4096..1359872", PsmVariable.RNDV_IPATH_WINDOW.bounds());
        EndpointOptions options = EndpointOptions.ofJob(JOB, Map.of());
        assertEquals(1_359_872, options.withTids(true, 1_359_872).windowBytes());
        assertThrows(SoftpathException.class, () -> options.withTids(true, 1_359_873));
        assertThrows(SoftpathException.class, () -> options.withTids(true, 4095));
    }

    @Test
    @Fidelity(74)
    void shouldChooseDevicesAsPsmDoes() {
        assertEquals(PsmDevices.ALL, EndpointOptions.ofJob(JOB, Map.of()).devices());
        assertEquals("self,shm,ipath", PsmDevices.all());
        assertEquals(PsmDevices.ALL, devices(" "));
        assertEquals(Set.of(PsmDevices.SELF, PsmDevices.IPATH), devices("self,ipath"));
        assertEquals(Set.of(PsmDevices.SHM), devices(" SHM "));
        for (String text : new String[] {"self,", "amsh", "self ipath", ","}) {
            SoftpathException e = assertThrows(SoftpathException.class, () -> devices(text));
            assertEquals(Errno.EINVAL, e.errno());
            assertTrue(e.getMessage().contains("PSM_DEVICES=" + text), e.getMessage());
            assertTrue(e.getMessage().contains("self,shm,ipath"), e.getMessage());
        }
    }

    private static Set<PsmDevices> devices(String text) {
        return EndpointOptions.ofJob(JOB, Map.of("PSM_DEVICES", text)).devices();
    }

    @ParameterizedTest
    @Fidelity(74)
    @EnumSource(PsmVariable.class)
    void shouldRefuseByNameWhatCannotBe(PsmVariable variable) {
        for (String value : new String[] {"many", "-1", "99999999999", "1.5", "8k"}) {
            SoftpathException e =
                    assertThrows(
                            SoftpathException.class,
                            () -> EndpointOptions.ofJob(JOB, Map.of(variable.variable(), value)));
            assertEquals(Errno.EINVAL, e.errno());
            String said = e.getMessage();
            assertTrue(said.contains(variable.variable() + "=" + value), said);
            assertTrue(said.contains(variable.bounds()), said);
        }
    }

    @Test
    void shouldRefuseAThresholdThatFewUnexpectedMessagesCouldKeep() {
        EndpointOptions options = EndpointOptions.ofJob(JOB, Map.of());
        assertEquals(1 << 30, options.withRendezvousBytes(1 << 30).maxUnexpectedBytes());
        assertThrows(SoftpathException.class, () -> options.withCredits(65));
        assertThrows(SoftpathException.class, () -> options.withCredits(1));
    }
}
