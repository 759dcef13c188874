package io.softpath.driver;

import io.softpath.abi.control.UserInfo;
import io.softpath.driver.control.ControlChannel;
import io.softpath.driver.control.DeviceFile;
import io.softpath.driver.control.Inspector;
import io.softpath.error.Errno;
import io.softpath.error.SoftpathException;
import io.softpath.fault.FaultPoint;
import io.softpath.fault.Faults;
import io.softpath.flight.FlightRecorder;
import io.softpath.flight.ProcessFlight;
import io.softpath.linux.SeqPacketSocket;

import java.nio.file.Files;

/**
 * An open device file: one connection to the daemon, which holds at most one context. Any thread
 * may use it.
 *
 * <p>When the daemon ends, every call that waits, here and on the context, throws {@link
 * SoftpathException.Lost} within 100 ms, and so does the next one that does not wait.
 */
public final class Device implements AutoCloseable {
    private final DeviceOptions options;
    private final ControlChannel channel;
    private final DeviceFile file;
    private final FlightRecorder recorder;
    private volatile boolean gone; // closed or lost: looked at before every access to shared memory

    private Device(DeviceOptions options, SeqPacketSocket socket, FlightRecorder recorder) {
        this.options = options;
        this.recorder = recorder;
        this.channel =
                new ControlChannel(
                        socket, options.path().toString(), options.replyTimeout(), this::markGone);
        this.file = new DeviceFile(channel);
        if (recorder != null) {
            channel.trace(new CallFlight(recorder));
        }
    }

    /** Opens the device that the environment names. */
    public static Device open() {
        return open(DeviceOptions.fromEnvironment());
    }

    /**
     * Opens a device.
     *
     * @throws SoftpathException.Refused ENXIO if there is no daemon, ENODEV if it has no such unit,
     *     EACCES if this user may not open it
     * @throws SoftpathException.Lost ENOTCONN if the daemon has died, ETIMEDOUT if it is stopped
     *     and so many wait for it that no more may
     * @throws SoftpathException as {@link FlightRecorder#start}, if the environment says that this
     *     process is to be recorded
     */
    public static Device open(DeviceOptions options) {
        FlightRecorder recorder =
                ProcessFlight.recorder(options.directory().resolve(DeviceOptions.FLIGHT_DIRECTORY));
        try {
            Device device =
                    new Device(
                            options,
                            SeqPacketSocket.connect(options.path(), options.replyTimeout()),
                            recorder);
            Faults.at(FaultPoint.OPEN_CONNECTED);
            return device;
        } catch (SoftpathException e) {
            throw explain(options, e);
        }
    }

    private static SoftpathException explain(DeviceOptions options, SoftpathException e) {
        if (e.errno().equals(Errno.ENOENT)) {
            boolean otherUnits = Files.exists(options.withUnit(DeviceOptions.ANY_UNIT).path());
            return otherUnits
                    ? SoftpathException.of(
                            Errno.ENODEV,
                            "open: the daemon has no such unit: unit="
                                    + options.unit()
                                    + " path="
                                    + options.path(),
                            e)
                    : SoftpathException.of(
                            Errno.ENXIO,
                            "open: no daemon serves this directory: path="
                                    + options.path()
                                    + ": start one (softpath daemon), or set SOFTPATH_DIR to where"
                                    + " one runs",
                            e);
        }
        if (e.errno().equals(Errno.ECONNREFUSED)) {
            return SoftpathException.of(
                    Errno.ENOTCONN,
                    "open: the daemon has died: path="
                            + options.path()
                            + ": start it again (softpath daemon)",
                    e);
        }
        if (e.errno().equals(Errno.ETIMEDOUT)) {
            return new SoftpathException.Lost(
                    Errno.ETIMEDOUT,
                    "open: the daemon takes no connection: path="
                            + options.path()
                            + " timeoutMs="
                            + options.replyTimeout().toMillis()
                            + ": is it stopped?",
                    e);
        }
        return e;
    }

    /** Opens this device's context with the defaults. */
    public Context openContext() {
        return openContext(ContextOptions.defaults());
    }

    /**
     * Gets a context from the driver and maps its memory. A device holds one context; for another,
     * open another device.
     *
     * @throws SoftpathException.Refused EINVAL if this device already has a context, ENODEV if the
     *     driver speaks another major version, ENXIO if there is no unit, EOPNOTSUPP if the launch
     *     mode cannot be had
     * @throws SoftpathException.Exhausted EBUSY if all contexts are taken, ENOMEM, EMFILE
     * @throws SoftpathException.Lost ENETDOWN if no link is usable, ENOTCONN if the daemon is gone
     */
    public Context openContext(ContextOptions contextOptions) {
        int granted = Negotiation.features(file, contextOptions);
        UserInfo user = UserInfo.unshared();
        file.assign(user);
        try {
            Faults.at(FaultPoint.OPEN_ASSIGNED);
            return Context.open(this, user, contextOptions, granted);
        } catch (RuntimeException e) {
            close(); // the driver takes a context back only when its file is closed
            throw e;
        }
    }

    /** Looks at the daemon behind this device. */
    public Inspector inspect() {
        return new Inspector(channel);
    }

    public DeviceOptions options() {
        return options;
    }

    /** Whether the daemon is gone. */
    public boolean isLost() {
        return channel.isLost();
    }

    /** Closes the device, and with it its context: the driver takes everything back. */
    @Override
    public void close() {
        gone = true;
        channel.close();
    }

    @Override
    public String toString() {
        return options.path().toString();
    }

    /** Who records this process; null for nobody. */
    public FlightRecorder recorder() {
        return recorder;
    }

    DeviceFile file() {
        return file;
    }

    void ringDoorbell() {
        channel.ringDoorbell();
    }

    boolean isGone() {
        return gone;
    }

    SoftpathException goneException() {
        return channel.isLost() ? channel.lostException() : channel.closedException();
    }

    private void markGone() {
        gone = true;
    }
}
