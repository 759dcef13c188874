package io.softpath.psm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.softpath.abi.Fidelity;
import io.softpath.error.Errno;
import io.softpath.error.SoftpathException;
import io.softpath.psm.engine.DirectSettings;
import io.softpath.psm.engine.EngineSettings;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.List;
import java.util.Map;
import java.util.UUID;

final class EndpointOptionsTest {
    private static final UUID JOB = new UUID(1, 2);

    @Test
    void shouldHaveTheDefaultsOfPsm() {
        EndpointOptions options = EndpointOptions.ofJob(JOB, Map.of());
        EngineSettings settings = options.settings("here", 1, 2048);
        assertEquals(64_000, settings.rendezvousBytes());
        assertEquals(64, settings.credits());
        assertTrue(settings.tids());
        assertEquals(131_072, settings.windowBytes());
        assertEquals(2 << 20, settings.maxRequests());
        assertEquals(1024, settings.sendBuffers());
        assertEquals(8, settings.timeoutMinMs());
        assertEquals(32, settings.timeoutMaxMs());
        assertEquals(2, settings.timeoutFactor());
        assertEquals(0, options.value(PsmVariable.CONNECT_TIMEOUT));
        assertEquals(0, options.value(PsmVariable.CLOSE_TIMEOUT));
        assertEquals("8:32:2", PsmVariable.ERRCHK_TIMEOUT.otherwise());
    }

    @Test
    @Fidelity(74)
    void shouldHonourWhatTheEnvironmentSays() {
        EndpointOptions options =
                EndpointOptions.ofJob(
                        JOB,
                        Map.ofEntries(
                                Map.entry("PSM_ERRCHK_TIMEOUT", "20:100"),
                                Map.entry("PSM_NUM_SEND_BUFFERS", "16"),
                                Map.entry("PSM_MQ_RNDV_IPATH_THRESH", "0x20000"),
                                Map.entry("PSM_FLOW_CREDITS", "8"),
                                Map.entry("PSM_MQ_SENDREQS_MAX", "10"),
                                Map.entry("PSM_MQ_RECVREQS_MAX", "20"),
                                Map.entry("PSM_CONNECT_TIMEOUT", "3"),
                                Map.entry("PSM_CLOSE_TIMEOUT", " 4 "),
                                Map.entry("PSM_TID", "8"),
                                Map.entry("PSM_MQ_RNDV_IPATH_WINDOW", "4096")));
        EngineSettings settings = options.settings("here", 1, 2048);
        assertFalse(settings.tids());
        assertEquals(4096, settings.windowBytes());
        assertEquals(131_072, settings.rendezvousBytes());
        assertEquals(8, settings.credits());
        assertEquals(30, settings.maxRequests());
        assertEquals(16, settings.sendBuffers());
        assertEquals(20, settings.timeoutMinMs());
        assertEquals(100, settings.timeoutMaxMs());
        assertEquals(2, settings.timeoutFactor(), "what is left out is PSM's");
        assertEquals(3, options.value(PsmVariable.CONNECT_TIMEOUT));
        assertEquals(4, options.value(PsmVariable.CLOSE_TIMEOUT));
    }

    @Test
    void shouldTakeAPartitionKeyWithOrWithoutItsMembershipBit() {
        assertEquals(0x7FFF, settings("0x7FFF").pkey());
        assertEquals(0x1234, settings("0x1234").pkey());
        assertEquals(0x1234, settings("0x9234").pkey());
        assertTrue(settings("0xFFFF").ofEverybody());
        assertFalse(settings("1").ofEverybody());
        var none = assertThrows(SoftpathException.Refused.class, () -> settings("0x8000"));
        assertEquals(Errno.EINVAL, none.errno());
        assertEquals(
                "endpoint: PSM_PKEY=32768 has no key but a membership bit, choose 1..32767",
                none.getMessage());
    }

    private static EngineSettings settings(String pkey) {
        return EndpointOptions.ofJob(JOB, Map.of("PSM_PKEY", pkey)).settings("here", 1, 2048);
    }

    /** PSM raises or lowers what its packets cannot carry, and says so; we refuse it. */
    @Test
    void shouldHaveTheBoundsOfAWindowThatPsmHas() {
        assertEquals("4096..1359872", PsmVariable.RNDV_IPATH_WINDOW.bounds());
        EndpointOptions options = EndpointOptions.ofJob(JOB, Map.of());
        assertEquals(
                1_359_872,
                options.withTids(true, 1_359_872).settings("here", 1, 2048).windowBytes());
        assertThrows(SoftpathException.class, () -> options.withTids(true, 1_359_873));
        assertThrows(SoftpathException.class, () -> options.withTids(true, 4095));
    }

    @Test
    @Fidelity(74)
    void shouldChooseDevicesAsPsmDoes() {
        assertEquals(PsmDevices.ALL, EndpointOptions.ofJob(JOB, Map.of()).devices());
        assertEquals("self,shm,ipath", PsmDevices.all());
        assertEquals(PsmDevices.ALL, devices(" "));
        assertEquals(List.of(PsmDevices.IPATH, PsmDevices.SELF), devices("ipath,self"));
        assertEquals(List.of(PsmDevices.SHM), devices(" SHM "));
        for (String text : new String[] {"self,", "amsh", "self ipath", ","}) {
            SoftpathException e = assertThrows(SoftpathException.class, () -> devices(text));
            assertEquals(Errno.EINVAL, e.errno());
            assertTrue(e.getMessage().contains("PSM_DEVICES=" + text), e.getMessage());
            assertTrue(e.getMessage().contains("self,shm,ipath"), e.getMessage());
        }
    }

    @ParameterizedTest
    @Fidelity(73)
    @CsvSource(
            delimiter = '|',
            value = {
                "self,shm,ipath | true  | true  | true",
                "self,ipath     | true  | false | true",
                "self,ipath,shm | true  | false | true",
                "shm,self       | true  | true  | false",
                "shm,ipath      | false | true  | true",
                "ipath          | false | false | true"
            })
    void shouldTryDevicesInTheOrderGiven(String text, boolean self, boolean direct, boolean chip) {
        DirectSettings ways = EndpointOptions.ofJob(JOB, Map.of("PSM_DEVICES", text)).ways();
        assertEquals(self, ways.self());
        assertEquals(direct, ways.direct(), "shared memory, where it leads");
        assertEquals(chip, ways.chip());
    }

    private static List<PsmDevices> devices(String text) {
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
    void shouldKeepRoomForOneMessageOfTheLongestThatNeedNotWait() {
        EndpointOptions options = EndpointOptions.ofJob(JOB, Map.of());
        EndpointOptions large = options.withRendezvousBytes(1 << 30);
        assertEquals(1 << 30, large.settings("here", 1, 2048).maxUnexpectedBytes());
        assertThrows(SoftpathException.class, () -> options.withCredits(65));
        assertThrows(SoftpathException.class, () -> options.withCredits(1));
    }

    /** Source: psm, ips_path_rec.c, ips_ibta_init. */
    @Test
    void shouldTakeTheFirstTimeoutForTheLongestIfThatIsShorter() {
        EndpointOptions options = EndpointOptions.ofJob(JOB, Map.of("PSM_ERRCHK_TIMEOUT", "40"));
        assertEquals(40, options.settings("here", 1, 2048).timeoutMinMs());
        assertEquals(40, options.settings("here", 1, 2048).timeoutMaxMs());
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0, 2048",
        "1, 0, 256",
        "5, 0, 2048",
        "1024, 0, 1024",
        "4096, 0, 2048",
        "0, 1, 1984",
        "2048, 1, 1984",
        "3, 1, 1024"
    })
    void shouldMakePacketsNoLongerThanTheVariableSays(String mtu, String checksum, int bytes) {
        EndpointOptions options =
                EndpointOptions.ofJob(JOB, Map.of("PSM_MTU", mtu, "PSM_CHECKSUM", checksum));
        assertEquals(bytes, options.settings("here", 1, 2048).mtuBytes());
    }

    @ParameterizedTest
    @ValueSource(strings = {"6", "255", "257", "3000"})
    void shouldRefuseAnMtuThatNoPacketHas(String mtu) {
        SoftpathException e =
                assertThrows(
                        SoftpathException.class,
                        () -> EndpointOptions.ofJob(JOB, Map.of("PSM_MTU", mtu)));
        assertTrue(e.getMessage().contains("PSM_MTU=" + mtu), e.getMessage());
    }

    @Test
    void shouldRefuseATimeoutOfOtherParts() {
        for (String value : new String[] {"8:32:2:1", "8::2", ":", "0:32"}) {
            SoftpathException e =
                    assertThrows(
                            SoftpathException.class,
                            () -> EndpointOptions.ofJob(JOB, Map.of("PSM_ERRCHK_TIMEOUT", value)));
            assertEquals(Errno.EINVAL, e.errno());
            assertTrue(e.getMessage().contains("PSM_ERRCHK_TIMEOUT"), e.getMessage());
        }
    }
}
