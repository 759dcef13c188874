package io.softpath.daemon.control;

import io.softpath.abi.control.ControlRecord;
import io.softpath.error.Errno;
import io.softpath.linux.PeerCredentials;

import java.util.List;

/** Answers ADMIN: what the owner of the daemon may do to a unit while users are on it. */
final class Administrator {
    private static final int ROOT = 0;
    private static final int MAX_THRESHOLD = 31;

    /** Argument of LINK_DOWN: the LID stays, as if the link had only left ACTIVE. */
    private static final long KEEP_CONFIGURATION = 1;

    private final List<UnitDriver> units;
    private final int ownerUid;

    Administrator(List<UnitDriver> units, int ownerUid) {
        this.units = units;
        this.ownerUid = ownerUid;
    }

    Answer execute(PeerCredentials peer, int op, int unit, long argument) {
        if (peer.uid() != ROOT && peer.uid() != ownerUid) {
            return Answer.refuse(
                    Errno.EPERM,
                    "admin: uid="
                            + peer.uid()
                            + " may not, only the daemon's uid="
                            + ownerUid
                            + " and root");
        }
        if (unit < 0 || unit >= units.size()) {
            return Answer.refuse(
                    Errno.ENODEV,
                    "admin: unit="
                            + Integer.toUnsignedString(unit)
                            + " does not exist, units="
                            + units.size());
        }
        UnitDriver driver = units.get(unit);
        switch (op) {
            case ControlRecord.ADMIN_LINK_DOWN -> driver.linkDown(argument == KEEP_CONFIGURATION);
            case ControlRecord.ADMIN_LINK_UP -> driver.linkUp();
            case ControlRecord.ADMIN_FREEZE ->
                    driver.freeze("frozen by uid=" + peer.uid() + " pid=" + peer.pid());
            case ControlRecord.ADMIN_THAW -> driver.thaw();
            case ControlRecord.ADMIN_HOLD_SENDS -> driver.holdSends(true);
            case ControlRecord.ADMIN_RELEASE_SENDS -> driver.holdSends(false);
            case ControlRecord.ADMIN_AVAIL_THRESHOLD -> {
                if (argument < 1 || argument > MAX_THRESHOLD) {
                    return Answer.refuse(
                            Errno.EINVAL,
                            "admin: threshold="
                                    + argument
                                    + " is out of range, choose 1.."
                                    + MAX_THRESHOLD);
                }
                driver.availThreshold((int) argument);
            }
            default -> {
                return Answer.refuse(
                        Errno.EINVAL,
                        "admin: op=" + Integer.toUnsignedString(op) + " is unknown, choose 1..7");
            }
        }
        return Answer.OK;
    }
}
