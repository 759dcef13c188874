package io.softpath.daemon.control;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.softpath.abi.control.ControlRecord;
import io.softpath.abi.model.ChipModel;
import io.softpath.abi.register.ChipCounter;
import io.softpath.abi.register.DriverCounter;
import io.softpath.error.Errno;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;

/**
 * The files that the driver has in sysfs and ipathfs, made from the units' state whenever somebody
 * reads one.
 *
 * <pre>
 *  /sys/class/infiniband/qib0/nctxts                 /ipathfs/driver_stats_names, driver_stats
 *                             ports/1/lid                     0/counter_names, counters
 *                                     phys_state              0/portcounter_names
 *                                     gids/0                  0/port1counters
 *                                     sl2vl/0 .. 15
 * </pre>
 *
 * Counters are arrays of u64, little-endian, in the order of their names. There is no {@code
 * CCMgtA} folder: congestion control is not there, and libraries then use their own tables. Source:
 * qib_sysfs.c; qib_fs.c; Linux, drivers/infiniband/core/sysfs.c; psm, ipath_service.c and
 * ipath_sysfs.c.
 */
final class DriverFiles {
    /** Folders of sysfs end in the number of the unit. */
    private static final String SYSFS = "/sys/class/infiniband/qib";

    private static final String IPATHFS = "/ipathfs";

    /** The counters of qib's driver_stats; those behind them are softpath's. */
    private static final int DRIVER_STATS = DriverCounter.EGR_HDR_FULL.index() + 1;

    private static final int SERVICE_LEVELS = 16;

    /** The subnet prefix that every port has before a subnet manager gives it another. */
    private static final long GID_PREFIX = 0xFE80_0000_0000_0000L;

    private final List<UnitDriver> units;
    private final Map<String, Supplier<byte[]>> files = new TreeMap<>();

    /** Names in a directory, by its path. */
    private final Map<String, TreeSet<String>> directories = new TreeMap<>();

    DriverFiles(List<UnitDriver> units) {
        this.units = units;
        add(IPATHFS + "/driver_stats_names", () -> names(driverStatNames()));
        add(IPATHFS + "/driver_stats", this::driverStats);
        for (UnitDriver unit : units) {
            sysfs(unit);
            ipathfs(unit);
        }
    }

    /**
     * What a file holds, or the names in a directory, each ended by NUL.
     *
     * @param path absolute, without {@code .}, {@code ..} and empty names
     */
    Answer read(String path) {
        String plain = path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
        Supplier<byte[]> file = files.get(plain);
        if (file != null && plain.equals(path)) {
            return Answer.data(ControlRecord.IS_FILE, file.get());
        }
        TreeSet<String> names = directories.get(plain);
        if (names != null) {
            return Answer.data(
                    ControlRecord.IS_DIRECTORY,
                    (String.join("\0", names) + "\0").getBytes(US_ASCII));
        }
        return file != null
                ? Answer.refuse(Errno.ENOTDIR, "driver file: path=" + plain + " is no directory")
                : Answer.refuse(
                        Errno.ENOENT,
                        "driver file: path="
                                + path
                                + " does not exist, units="
                                + units.size()
                                + "; see /ipathfs and "
                                + SYSFS
                                + "0");
    }

    private void add(String path, Supplier<byte[]> content) {
        files.put(path, content);
        int slash = path.lastIndexOf('/');
        String name = path.substring(slash + 1);
        for (String directory = path.substring(0, slash);
                directory.startsWith(SYSFS) || directory.startsWith(IPATHFS);
                directory = directory.substring(0, slash)) {
            directories.computeIfAbsent(directory, d -> new TreeSet<>()).add(name);
            slash = directory.lastIndexOf('/');
            name = directory.substring(slash + 1);
        }
    }

    private void text(String path, Supplier<String> content) {
        add(path, () -> (content.get() + "\n").getBytes(UTF_8));
    }

    private void sysfs(UnitDriver unit) {
        ChipModel model = unit.model();
        String root = SYSFS + unit.number();
        text(root + "/board_id", () -> "softpath " + model.name());
        text(root + "/hca_type", () -> "softpath " + model.name());
        text(root + "/hw_rev", () -> Integer.toHexString(model.hwVersion() & 0xFF));
        text(root + "/node_type", () -> "1: CA");
        text(root + "/node_guid", () -> quads(unit.identity().guid()));
        text(root + "/sys_image_guid", () -> quads(unit.identity().guid()));
        text(root + "/nports", () -> Integer.toString(model.ibPorts()));
        text(root + "/nctxts", () -> Integer.toString(model.userContexts()));
        text(
                root + "/nfreectxts",
                () -> Integer.toString(model.userContexts() - unit.contextsInUse()));
        for (int port = 1; port <= model.ibPorts(); port++) {
            port(root + "/ports/" + port, unit, port == UnitDriver.IB_PORT);
        }
    }

    private void port(String root, UnitDriver unit, boolean cable) {
        Supplier<Boolean> up = () -> cable && unit.chip().linkIsUp();
        text(root + "/lid", () -> "0x" + (cable ? hex(unit.identity().lid()) : "0"));
        text(root + "/lid_mask_count", () -> "0");
        text(root + "/sm_lid", () -> "0x0");
        text(root + "/sm_sl", () -> "0");
        text(root + "/link_layer", () -> "InfiniBand");
        text(root + "/state", () -> up.get() ? "4: ACTIVE" : "1: DOWN");
        text(root + "/phys_state", () -> up.get() ? "5: LinkUp" : "2: Polling");
        text(root + "/rate", () -> unit.model().family().linkRate());
        text(root + "/gids/0", () -> quads(GID_PREFIX) + ":" + quads(unit.identity().guid()));
        text(root + "/pkeys/0", () -> "0xffff");
        for (int sl = 0; sl < SERVICE_LEVELS; sl++) {
            text(root + "/sl2vl/" + sl, () -> "0"); // there is one data lane
        }
    }

    private void ipathfs(UnitDriver unit) {
        String root = IPATHFS + "/" + unit.number();
        int[] device = indices(unit, false);
        int[] port = indices(unit, true);
        add(root + "/counter_names", () -> names(counterNames(device)));
        add(root + "/counters", () -> counters(unit, device));
        add(root + "/portcounter_names", () -> names(counterNames(port)));
        for (int i = 1; i <= unit.model().ibPorts(); i++) {
            boolean cable = i == UnitDriver.IB_PORT;
            add(
                    root + "/port" + i + "counters",
                    () -> cable ? counters(unit, port) : words(new long[port.length]));
        }
    }

    /** The chip's counters of the IB port, or all others. */
    private static int[] indices(UnitDriver unit, boolean ofPort) {
        List<Integer> chosen = new ArrayList<>();
        for (int i = 0; i < ChipCounter.arrayLength(unit.model().contexts()); i++) {
            boolean port =
                    i >= ChipCounter.TX_PKT.index() && i <= ChipCounter.TX_BAD_HEADER.index();
            if (port == ofPort) {
                chosen.add(i);
            }
        }
        return chosen.stream().mapToInt(Integer::intValue).toArray();
    }

    private static List<String> counterNames(int[] indices) {
        return Arrays.stream(indices).mapToObj(ChipCounter::nameAt).toList();
    }

    private static byte[] counters(UnitDriver unit, int[] indices) {
        long[] all = new long[ChipCounter.arrayLength(unit.model().contexts())];
        unit.chip().copyCounters(all);
        return words(Arrays.stream(indices).mapToLong(i -> all[i]).toArray());
    }

    private static List<String> driverStatNames() {
        return Arrays.stream(DriverCounter.values())
                .limit(DRIVER_STATS)
                .map(DriverCounter::label)
                .toList();
    }

    private byte[] driverStats() {
        long[] sums = new long[DRIVER_STATS];
        for (UnitDriver unit : units) {
            for (int i = 0; i < DRIVER_STATS; i++) {
                sums[i] += unit.counters()[i];
            }
        }
        return words(sums);
    }

    private static byte[] names(List<String> names) {
        return (String.join("\n", names) + "\n").getBytes(US_ASCII);
    }

    private static byte[] words(long[] values) {
        ByteBuffer bytes =
                ByteBuffer.allocate(values.length * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asLongBuffer().put(values);
        return bytes.array();
    }

    private static String hex(int value) {
        return Integer.toHexString(value);
    }

    /** Eight bytes as sysfs writes them: four groups of four digits. */
    private static String quads(long value) {
        return String.format(
                Locale.ROOT,
                "%04x:%04x:%04x:%04x",
                value >>> 48,
                value >>> 32 & 0xFFFF,
                value >>> 16 & 0xFFFF,
                value & 0xFFFF);
    }
}
