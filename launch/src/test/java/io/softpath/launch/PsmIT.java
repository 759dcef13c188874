package io.softpath.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.softpath.driver.Device;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * The chip under software that none of us wrote: the library of the real one, as Debian ships it.
 */
@ExtendWith(ChildOutput.class)
class PsmIT {
    /** The library spins, and so do its peer and the chip. */
    private static final Duration PATIENCE = Duration.ofMinutes(4);

    @TempDir static Path temp;

    private static Path psm;

    @BeforeAll
    static void compile() throws Exception {
        Preload.assumeBuilt();
        assumeTrue(
                Files.exists(Path.of("/usr/include/psm.h")),
                "no libpsm: apt-get install libpsm-infinipath1 libpsm-infinipath1-dev");
        psm =
                CCompiler.compile(
                        "psm.c", temp, "-Wl,--no-as-needed", "-lpsm_infinipath", "-linfinipath");
    }

    /** Everything through the chip, and no files in /dev/shm for contexts to be shared. */
    private static Map<String, String> environment(ChildDaemon daemon, String... more) {
        Map<String, String> environment = Preload.environment(daemon, more);
        environment.put("PSM_DEVICES", "self,ipath");
        environment.put("PSM_SHAREDCONTEXTS", "0");
        return environment;
    }

    @ParameterizedTest
    @ValueSource(strings = {"IBA6120", "IBA7220", "IBA7322"})
    void shouldOpenAndCloseAnEndpoint(String model) throws Exception {
        open(model, 1);
    }

    @Test
    void shouldOpenAndCloseAnEndpointAThousandTimes() throws Exception {
        open("IBA7220", 1_000);
    }

    private static void open(String model, int times) throws Exception {
        try (ChildDaemon daemon = ChildDaemon.start("--model", model)) {
            String last =
                    CCompiler.run(
                            temp,
                            environment(daemon),
                            PATIENCE,
                            psm.toString(),
                            "open",
                            Integer.toString(times));
            assertEquals("opened=" + times + " lid=1", last);
            assertEquals(List.of(), daemon.complaints());
        }
    }

    /**
     * The self test of libpsm 3.3 cannot be passed anywhere: its second part begins with a copy of
     * no bytes, which it then forbids. It gets as far here as it can.
     */
    @Test
    void shouldRunTheLibrarysOwnTestAsFarAsItGoes() throws Exception {
        try (ChildDaemon daemon = ChildDaemon.start()) {
            CCompiler.Ended ended =
                    CCompiler.toEnd(
                            temp,
                            environment(daemon, "PSM_DIAGS", "1"),
                            PATIENCE,
                            psm.toString(),
                            "open",
                            "1");
            String output = String.join("\n", ended.lines());
            assertTrue(output.contains("psmi_test_epid_table: PASSED"), output);
            assertTrue(output.contains("Assertion failure at psm_diags.c:247: n > 0"), output);
            assertEquals(List.of(), daemon.complaints());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"IBA6120", "IBA7220", "IBA7322"})
    void shouldPassMessagesOfEveryClassBetweenTwoUnits(String model) throws Exception {
        try (ChildDaemon daemon = ChildDaemon.start("--units", "2", "--model", model)) {
            String last =
                    CCompiler.run(
                            temp,
                            environment(daemon),
                            PATIENCE,
                            psm.toString(),
                            "mq",
                            "1",
                            "0",
                            "1");
            assertEquals("messages=50 bytes=45694602 eager=28 rendezvous=22 shm=0 lids=1,2", last);
            assertEquals(List.of(), daemon.complaints());
        }
    }

    /** The library has no word for it: what was under way stays so, and the close gives up. */
    @Test
    void shouldLetTheSurvivorEndCleanlyWhenItsPeerIsKilledInMidTransfer() throws Exception {
        try (ChildDaemon daemon = ChildDaemon.start("--units", "2")) {
            CCompiler.Ended ended =
                    CCompiler.toEnd(
                            temp, environment(daemon), PATIENCE, psm.toString(), "kill", "0", "1");
            List<String> said =
                    ended.lines().stream()
                            .filter(line -> line.matches("(receive|send|close): .*|survived"))
                            .toList();
            assertEquals(
                    List.of(
                            "receive: incomplete",
                            "send: incomplete",
                            "close: Success",
                            "survived"),
                    said);
            assertEquals(0, ended.code());
            try (Device device = daemon.open()) {
                Await.until(
                        "both units given back",
                        () ->
                                device.inspect().units().stream()
                                        .allMatch(u -> u.freeContexts() == u.userContexts()));
            }
            assertEquals(List.of(), daemon.complaints());
        }
    }
}
