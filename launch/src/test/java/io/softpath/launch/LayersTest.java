package io.softpath.launch;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;

import org.junit.jupiter.api.Test;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Holds the layers: which package may import which. Lower packages know nothing of higher ones. */
class LayersTest {
    private static final JavaClasses ALL =
            new ClassFileImporter()
                    .withImportOption(new ImportOption.DoNotIncludeTests())
                    .importPackages("io.softpath");

    private static final String ROOT = "io.softpath.";

    /** Package (with its subpackages, unless a longer row names them) to what it may import. */
    private static final Map<String, String> MAY_IMPORT = new LinkedHashMap<>();

    static {
        row("abi", "");
        row("abi.register", "");
        row("error", "");
        row("fault", "error");
        row("linux", "error fault");
        row("memory", "abi error linux agrona");
        row("stat", "abi error linux memory agrona");
        row("flight", "abi error linux agrona chronicle");
        row("ledger", "abi error");
        row("job", "error linux");
        row("driver", "abi error fault linux memory stat flight driver agrona");
        row("driver.send", "abi error fault memory driver");
        row("driver.receive", "abi error fault memory driver");
        row("driver.expected", "abi error memory driver");
        row("psm", "abi error linux memory flight driver psm.engine agrona");
        row("psm.engine", "abi error fault agrona");
        row("psm.sim", "abi psm.engine agrona");
        row("driver.control", "abi error fault linux memory stat driver agrona");
        row(
                "daemon",
                "abi error fault linux memory stat ledger flight daemon agrona slf4j picocli");
        row("daemon.chip", "abi error fault");
        row("daemon.link", "abi fault daemon.chip slf4j");
        row("daemon.region", "abi error linux memory");
        row(
                "daemon.control",
                "abi error fault linux memory stat ledger daemon.chip daemon.region agrona slf4j");
        row("faults.check", "");
        row("faults", "abi error fault faults linux stat flight driver launch picocli jackson");
        row("faults.sim", "abi error fault linux psm.engine psm.sim faults.check picocli jackson");
        row(
                "faults.fuzz",
                "abi error linux memory stat driver job psm daemon faults faults.report launch"
                        + " agrona picocli jackson");
        row("faults.plan", "error fault linux jackson");
        row("journal", "abi error flight driver picocli jackson");
        row("apps", "abi error fault linux memory driver flight job psm hdr");
        row(
                "launch",
                "abi error fault faults linux stat flight ledger memory driver job journal psm"
                        + " picocli jackson javac");
    }

    private static void row(String name, String mayImport) {
        MAY_IMPORT.put(name, mayImport);
    }

    @Test
    void shouldSeeTheClassesOfAllModules() {
        for (String name : new String[] {"abi", "launch"}) {
            assertTrue(
                    ALL.stream().anyMatch(resideInAPackage(ROOT + name + "..")),
                    "no class of " + ROOT + name + " on the class path");
        }
    }

    @Test
    void shouldImportOnlyWhatTheLayerMay() {
        MAY_IMPORT.forEach((name, mayImport) ->
                classes()
                        .that(
                                describe(
                                        "are of " + ROOT + name,
                                        c -> name.equals(layer(c.getPackageName()))))
                        .should()
                        .onlyDependOnClassesThat(allowed(name, mayImport))
                        .allowEmptyShould(true)
                        .check(ALL));
    }

    @Test
    void shouldGiveEveryPackageARow() {
        var without =
                ALL.stream()
                        .map(JavaClass::getPackageName)
                        .filter(p -> !p.equals("io.softpath") && layer(p).isEmpty())
                        .filter(p -> !(p + ".").startsWith("io.softpath.bench."))
                        .distinct()
                        .toList();
        assertEquals(List.of(), without, "packages that no row of the layer table names");
    }

    @Test
    void shouldCallNativeCodeOnlyInLinux() {
        noClasses()
                .that()
                .resideOutsideOfPackages("io.softpath.linux..", "io.softpath.bench..")
                .should()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.lang.foreign.Linker")
                .check(ALL);
    }

    @Test
    void shouldKeepChipWithoutThreadsFilesAndClocks() {
        noClasses()
                .that()
                .resideInAPackage("io.softpath.daemon.chip..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "java.io..", "java.nio.file..", "java.nio.channels..", "java.time..")
                .orShould()
                .dependOnClassesThat()
                .areAssignableTo(Thread.class)
                .orShould()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .allowEmptyShould(true)
                .check(ALL);
    }

    @Test
    void shouldStartThreadsOfTheDaemonOnlyInMain() {
        noClasses()
                .that()
                .resideInAnyPackage(
                        "io.softpath.daemon.chip..",
                        "io.softpath.daemon.link..",
                        "io.softpath.daemon.region..",
                        "io.softpath.daemon.control..")
                .should()
                .callMethod(Thread.class, "start")
                .orShould()
                .callMethod(Thread.class, "ofPlatform")
                .orShould()
                .callMethod(Thread.class, "ofVirtual")
                .allowEmptyShould(true)
                .check(ALL);
    }

    @Test
    void shouldUseChronicleOnlyInFlightAndMeasureItBesideOthers() {
        noClasses()
                .that()
                .resideOutsideOfPackages("io.softpath.flight..", "io.softpath.bench.peers..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("net.openhft..")
                .check(ALL);
    }

    @Test
    void shouldKeepAppsOutOfBenchmarks() {
        noClasses()
                .that()
                .resideInAPackage("io.softpath.bench..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.softpath.apps..")
                .check(ALL);
    }

    /** The row of the table for a class: the longest name that holds its package. */
    private static String layer(String packageName) {
        String best = "";
        for (String name : MAY_IMPORT.keySet()) {
            if (name.length() > best.length() && within(packageName, name)) {
                best = name;
            }
        }
        return best;
    }

    private static boolean within(String packageName, String name) {
        return (packageName + ".").startsWith(ROOT + name + ".");
    }

    private static DescribedPredicate<JavaClass> allowed(String name, String mayImport) {
        var allowed =
                resideInAnyPackage("", "java..")
                        .or(describe("", c -> within(c.getPackageName(), name)));
        for (String word : mayImport.split(" ", -1)) {
            allowed =
                    switch (word) {
                        case "" -> allowed;
                        case "agrona" -> allowed.or(resideInAPackage("org.agrona.."));
                        case "chronicle" -> allowed.or(resideInAPackage("net.openhft.."));
                        case "hdr" -> allowed.or(resideInAPackage("org.HdrHistogram.."));
                        case "jackson" -> allowed.or(resideInAPackage("com.fasterxml.jackson.."));
                        case "javac" -> allowed.or(resideInAPackage("javax.tools.."));
                        case "picocli" -> allowed.or(resideInAPackage("picocli.."));
                        case "slf4j" -> allowed.or(resideInAPackage("org.slf4j.."));
                        default -> {
                            // "driver" is open to "driver.send", but not the other way round.
                            boolean exact = name.startsWith(word + ".");
                            yield allowed.or(resideInAPackage(ROOT + word + (exact ? "" : "..")));
                        }
                    };
        }
        return allowed.as("be of java, %s or one of: %s", name, mayImport);
    }
}
