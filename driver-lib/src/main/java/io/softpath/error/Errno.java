package io.softpath.error;

import java.util.HashMap;
import java.util.Map;

/**
 * A Linux error number with its name and its meaning. Numbers are those of x86-64 and arm64 Linux,
 * on which softpath runs; a number that this table does not know, say from a newer kernel, is kept
 * as a number.
 *
 * <p>Source: include/uapi/asm-generic/errno-base.h and errno.h.
 */
public final class Errno {
    private static final Map<Integer, Errno> KNOWN = new HashMap<>();

    private final int number;
    private final String name;
    private final String meaning;

    public static final Errno EPERM = known(Number.EPERM, "EPERM", "Operation not permitted");
    public static final Errno ENOENT = known(Number.ENOENT, "ENOENT", "No such file or directory");
    public static final Errno ESRCH = known(Number.ESRCH, "ESRCH", "No such process");
    public static final Errno EINTR = known(Number.EINTR, "EINTR", "Interrupted system call");
    public static final Errno EIO = known(Number.EIO, "EIO", "Input/output error");
    public static final Errno ENXIO = known(Number.ENXIO, "ENXIO", "No such device or address");
    public static final Errno E2BIG = known(Number.E2BIG, "E2BIG", "Argument list too long");
    public static final Errno ENOEXEC = known(Number.ENOEXEC, "ENOEXEC", "Exec format error");
    public static final Errno EBADF = known(Number.EBADF, "EBADF", "Bad file descriptor");
    public static final Errno ECHILD = known(Number.ECHILD, "ECHILD", "No child processes");
    public static final Errno EAGAIN =
            known(Number.EAGAIN, "EAGAIN", "Resource temporarily unavailable");
    public static final Errno ENOMEM = known(Number.ENOMEM, "ENOMEM", "Cannot allocate memory");
    public static final Errno EACCES = known(Number.EACCES, "EACCES", "Permission denied");
    public static final Errno EFAULT = known(Number.EFAULT, "EFAULT", "Bad address");
    public static final Errno ENOTBLK = known(Number.ENOTBLK, "ENOTBLK", "Block device required");
    public static final Errno EBUSY = known(Number.EBUSY, "EBUSY", "Device or resource busy");
    public static final Errno EEXIST = known(Number.EEXIST, "EEXIST", "File exists");
    public static final Errno EXDEV = known(Number.EXDEV, "EXDEV", "Invalid cross-device link");
    public static final Errno ENODEV = known(Number.ENODEV, "ENODEV", "No such device");
    public static final Errno ENOTDIR = known(Number.ENOTDIR, "ENOTDIR", "Not a directory");
    public static final Errno EISDIR = known(Number.EISDIR, "EISDIR", "Is a directory");
    public static final Errno EINVAL = known(Number.EINVAL, "EINVAL", "Invalid argument");
    public static final Errno ENFILE =
            known(Number.ENFILE, "ENFILE", "Too many open files in system");
    public static final Errno EMFILE = known(Number.EMFILE, "EMFILE", "Too many open files");
    public static final Errno ENOTTY =
            known(Number.ENOTTY, "ENOTTY", "Inappropriate ioctl for device");
    public static final Errno ETXTBSY = known(Number.ETXTBSY, "ETXTBSY", "Text file busy");
    public static final Errno EFBIG = known(Number.EFBIG, "EFBIG", "File too large");
    public static final Errno ENOSPC = known(Number.ENOSPC, "ENOSPC", "No space left on device");
    public static final Errno ESPIPE = known(Number.ESPIPE, "ESPIPE", "Illegal seek");
    public static final Errno EROFS = known(Number.EROFS, "EROFS", "Read-only file system");
    public static final Errno EMLINK = known(Number.EMLINK, "EMLINK", "Too many links");
    public static final Errno EPIPE = known(Number.EPIPE, "EPIPE", "Broken pipe");
    public static final Errno EDOM = known(Number.EDOM, "EDOM", "Numerical argument out of domain");
    public static final Errno ERANGE =
            known(Number.ERANGE, "ERANGE", "Numerical result out of range");
    public static final Errno EDEADLK =
            known(Number.EDEADLK, "EDEADLK", "Resource deadlock avoided");
    public static final Errno ENAMETOOLONG =
            known(Number.ENAMETOOLONG, "ENAMETOOLONG", "File name too long");
    public static final Errno ENOLCK = known(Number.ENOLCK, "ENOLCK", "No locks available");
    public static final Errno ENOSYS = known(Number.ENOSYS, "ENOSYS", "Function not implemented");
    public static final Errno ENOTEMPTY =
            known(Number.ENOTEMPTY, "ENOTEMPTY", "Directory not empty");
    public static final Errno ELOOP =
            known(Number.ELOOP, "ELOOP", "Too many levels of symbolic links");
    public static final Errno ENOMSG = known(Number.ENOMSG, "ENOMSG", "No message of desired type");
    public static final Errno EIDRM = known(Number.EIDRM, "EIDRM", "Identifier removed");
    public static final Errno ECHRNG =
            known(Number.ECHRNG, "ECHRNG", "Channel number out of range");
    public static final Errno EL2NSYNC =
            known(Number.EL2NSYNC, "EL2NSYNC", "Level 2 not synchronized");
    public static final Errno EL3HLT = known(Number.EL3HLT, "EL3HLT", "Level 3 halted");
    public static final Errno EL3RST = known(Number.EL3RST, "EL3RST", "Level 3 reset");
    public static final Errno ELNRNG = known(Number.ELNRNG, "ELNRNG", "Link number out of range");
    public static final Errno EUNATCH =
            known(Number.EUNATCH, "EUNATCH", "Protocol driver not attached");
    public static final Errno ENOCSI = known(Number.ENOCSI, "ENOCSI", "No CSI structure available");
    public static final Errno EL2HLT = known(Number.EL2HLT, "EL2HLT", "Level 2 halted");
    public static final Errno EBADE = known(Number.EBADE, "EBADE", "Invalid exchange");
    public static final Errno EBADR = known(Number.EBADR, "EBADR", "Invalid request descriptor");
    public static final Errno EXFULL = known(Number.EXFULL, "EXFULL", "Exchange full");
    public static final Errno ENOANO = known(Number.ENOANO, "ENOANO", "No anode");
    public static final Errno EBADRQC = known(Number.EBADRQC, "EBADRQC", "Invalid request code");
    public static final Errno EBADSLT = known(Number.EBADSLT, "EBADSLT", "Invalid slot");
    public static final Errno EBFONT = known(Number.EBFONT, "EBFONT", "Bad font file format");
    public static final Errno ENOSTR = known(Number.ENOSTR, "ENOSTR", "Device not a stream");
    public static final Errno ENODATA = known(Number.ENODATA, "ENODATA", "No data available");
    public static final Errno ETIME = known(Number.ETIME, "ETIME", "Timer expired");
    public static final Errno ENOSR = known(Number.ENOSR, "ENOSR", "Out of streams resources");
    public static final Errno ENONET =
            known(Number.ENONET, "ENONET", "Machine is not on the network");
    public static final Errno ENOPKG = known(Number.ENOPKG, "ENOPKG", "Package not installed");
    public static final Errno EREMOTE = known(Number.EREMOTE, "EREMOTE", "Object is remote");
    public static final Errno ENOLINK = known(Number.ENOLINK, "ENOLINK", "Link has been severed");
    public static final Errno EADV = known(Number.EADV, "EADV", "Advertise error");
    public static final Errno ESRMNT = known(Number.ESRMNT, "ESRMNT", "Srmount error");
    public static final Errno ECOMM = known(Number.ECOMM, "ECOMM", "Communication error on send");
    public static final Errno EPROTO = known(Number.EPROTO, "EPROTO", "Protocol error");
    public static final Errno EMULTIHOP =
            known(Number.EMULTIHOP, "EMULTIHOP", "Multihop attempted");
    public static final Errno EDOTDOT = known(Number.EDOTDOT, "EDOTDOT", "RFS specific error");
    public static final Errno EBADMSG = known(Number.EBADMSG, "EBADMSG", "Bad message");
    public static final Errno EOVERFLOW =
            known(Number.EOVERFLOW, "EOVERFLOW", "Value too large for defined data type");
    public static final Errno ENOTUNIQ =
            known(Number.ENOTUNIQ, "ENOTUNIQ", "Name not unique on network");
    public static final Errno EBADFD =
            known(Number.EBADFD, "EBADFD", "File descriptor in bad state");
    public static final Errno EREMCHG = known(Number.EREMCHG, "EREMCHG", "Remote address changed");
    public static final Errno ELIBACC =
            known(Number.ELIBACC, "ELIBACC", "Can not access a needed shared library");
    public static final Errno ELIBBAD =
            known(Number.ELIBBAD, "ELIBBAD", "Accessing a corrupted shared library");
    public static final Errno ELIBSCN =
            known(Number.ELIBSCN, "ELIBSCN", ".lib section in a.out corrupted");
    public static final Errno ELIBMAX =
            known(Number.ELIBMAX, "ELIBMAX", "Attempting to link in too many shared libraries");
    public static final Errno ELIBEXEC =
            known(Number.ELIBEXEC, "ELIBEXEC", "Cannot exec a shared library directly");
    public static final Errno EILSEQ =
            known(Number.EILSEQ, "EILSEQ", "Invalid or incomplete multibyte or wide character");
    public static final Errno ERESTART =
            known(Number.ERESTART, "ERESTART", "Interrupted system call should be restarted");
    public static final Errno ESTRPIPE = known(Number.ESTRPIPE, "ESTRPIPE", "Streams pipe error");
    public static final Errno EUSERS = known(Number.EUSERS, "EUSERS", "Too many users");
    public static final Errno ENOTSOCK =
            known(Number.ENOTSOCK, "ENOTSOCK", "Socket operation on non-socket");
    public static final Errno EDESTADDRREQ =
            known(Number.EDESTADDRREQ, "EDESTADDRREQ", "Destination address required");
    public static final Errno EMSGSIZE = known(Number.EMSGSIZE, "EMSGSIZE", "Message too long");
    public static final Errno EPROTOTYPE =
            known(Number.EPROTOTYPE, "EPROTOTYPE", "Protocol wrong type for socket");
    public static final Errno ENOPROTOOPT =
            known(Number.ENOPROTOOPT, "ENOPROTOOPT", "Protocol not available");
    public static final Errno EPROTONOSUPPORT =
            known(Number.EPROTONOSUPPORT, "EPROTONOSUPPORT", "Protocol not supported");
    public static final Errno ESOCKTNOSUPPORT =
            known(Number.ESOCKTNOSUPPORT, "ESOCKTNOSUPPORT", "Socket type not supported");
    public static final Errno EOPNOTSUPP =
            known(Number.EOPNOTSUPP, "EOPNOTSUPP", "Operation not supported");
    public static final Errno EPFNOSUPPORT =
            known(Number.EPFNOSUPPORT, "EPFNOSUPPORT", "Protocol family not supported");
    public static final Errno EAFNOSUPPORT =
            known(Number.EAFNOSUPPORT, "EAFNOSUPPORT", "Address family not supported by protocol");
    public static final Errno EADDRINUSE =
            known(Number.EADDRINUSE, "EADDRINUSE", "Address already in use");
    public static final Errno EADDRNOTAVAIL =
            known(Number.EADDRNOTAVAIL, "EADDRNOTAVAIL", "Cannot assign requested address");
    public static final Errno ENETDOWN = known(Number.ENETDOWN, "ENETDOWN", "Network is down");
    public static final Errno ENETUNREACH =
            known(Number.ENETUNREACH, "ENETUNREACH", "Network is unreachable");
    public static final Errno ENETRESET =
            known(Number.ENETRESET, "ENETRESET", "Network dropped connection on reset");
    public static final Errno ECONNABORTED =
            known(Number.ECONNABORTED, "ECONNABORTED", "Software caused connection abort");
    public static final Errno ECONNRESET =
            known(Number.ECONNRESET, "ECONNRESET", "Connection reset by peer");
    public static final Errno ENOBUFS =
            known(Number.ENOBUFS, "ENOBUFS", "No buffer space available");
    public static final Errno EISCONN =
            known(Number.EISCONN, "EISCONN", "Transport endpoint is already connected");
    public static final Errno ENOTCONN =
            known(Number.ENOTCONN, "ENOTCONN", "Transport endpoint is not connected");
    public static final Errno ESHUTDOWN =
            known(Number.ESHUTDOWN, "ESHUTDOWN", "Cannot send after transport endpoint shutdown");
    public static final Errno ETOOMANYREFS =
            known(Number.ETOOMANYREFS, "ETOOMANYREFS", "Too many references: cannot splice");
    public static final Errno ETIMEDOUT =
            known(Number.ETIMEDOUT, "ETIMEDOUT", "Connection timed out");
    public static final Errno ECONNREFUSED =
            known(Number.ECONNREFUSED, "ECONNREFUSED", "Connection refused");
    public static final Errno EHOSTDOWN = known(Number.EHOSTDOWN, "EHOSTDOWN", "Host is down");
    public static final Errno EHOSTUNREACH =
            known(Number.EHOSTUNREACH, "EHOSTUNREACH", "No route to host");
    public static final Errno EALREADY =
            known(Number.EALREADY, "EALREADY", "Operation already in progress");
    public static final Errno EINPROGRESS =
            known(Number.EINPROGRESS, "EINPROGRESS", "Operation now in progress");
    public static final Errno ESTALE = known(Number.ESTALE, "ESTALE", "Stale file handle");
    public static final Errno EUCLEAN =
            known(Number.EUCLEAN, "EUCLEAN", "Structure needs cleaning");
    public static final Errno ENOTNAM =
            known(Number.ENOTNAM, "ENOTNAM", "Not a XENIX named type file");
    public static final Errno ENAVAIL =
            known(Number.ENAVAIL, "ENAVAIL", "No XENIX semaphores available");
    public static final Errno EISNAM = known(Number.EISNAM, "EISNAM", "Is a named type file");
    public static final Errno EREMOTEIO = known(Number.EREMOTEIO, "EREMOTEIO", "Remote I/O error");
    public static final Errno EDQUOT = known(Number.EDQUOT, "EDQUOT", "Disk quota exceeded");
    public static final Errno ENOMEDIUM = known(Number.ENOMEDIUM, "ENOMEDIUM", "No medium found");
    public static final Errno EMEDIUMTYPE =
            known(Number.EMEDIUMTYPE, "EMEDIUMTYPE", "Wrong medium type");
    public static final Errno ECANCELED =
            known(Number.ECANCELED, "ECANCELED", "Operation canceled");
    public static final Errno ENOKEY = known(Number.ENOKEY, "ENOKEY", "Required key not available");
    public static final Errno EKEYEXPIRED =
            known(Number.EKEYEXPIRED, "EKEYEXPIRED", "Key has expired");
    public static final Errno EKEYREVOKED =
            known(Number.EKEYREVOKED, "EKEYREVOKED", "Key has been revoked");
    public static final Errno EKEYREJECTED =
            known(Number.EKEYREJECTED, "EKEYREJECTED", "Key was rejected by service");
    public static final Errno EOWNERDEAD = known(Number.EOWNERDEAD, "EOWNERDEAD", "Owner died");
    public static final Errno ENOTRECOVERABLE =
            known(Number.ENOTRECOVERABLE, "ENOTRECOVERABLE", "State not recoverable");
    public static final Errno ERFKILL =
            known(Number.ERFKILL, "ERFKILL", "Operation not possible due to RF-kill");

    private Errno(int number, String name, String meaning) {
        this.number = number;
        this.name = name;
        this.meaning = meaning;
    }

    private static Errno known(int number, String name, String meaning) {
        Errno errno = new Errno(number, name, meaning);
        Errno twin = KNOWN.put(number, errno);
        if (twin != null) {
            throw new IllegalStateException(
                    "two errnos with one number: number="
                            + number
                            + " names="
                            + twin.name
                            + ","
                            + name);
        }
        return errno;
    }

    /** The error with this number; an unknown number gets the name {@code "errno <number>"}. */
    public static Errno of(int number) {
        Errno errno = KNOWN.get(number);
        return errno != null ? errno : new Errno(number, "errno " + number, "unknown error");
    }

    /** The number, positive as in errno.h. */
    public int number() {
        return number;
    }

    /** The symbol, as {@code "EBUSY"}. */
    public String name() {
        return name;
    }

    /** What the C library says of it, as {@code "Device or resource busy"}. */
    public String meaning() {
        return meaning;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Errno errno && errno.number == number;
    }

    @Override
    public int hashCode() {
        return Integer.hashCode(number);
    }

    @Override
    public String toString() {
        return name + " (" + number + ", " + meaning + ")";
    }

    /** The numbers as compile-time constants, for {@code switch}. */
    public static final class Number {
        public static final int EPERM = 1;
        public static final int ENOENT = 2;
        public static final int ESRCH = 3;
        public static final int EINTR = 4;
        public static final int EIO = 5;
        public static final int ENXIO = 6;
        public static final int E2BIG = 7;
        public static final int ENOEXEC = 8;
        public static final int EBADF = 9;
        public static final int ECHILD = 10;
        public static final int EAGAIN = 11;
        public static final int ENOMEM = 12;
        public static final int EACCES = 13;
        public static final int EFAULT = 14;
        public static final int ENOTBLK = 15;
        public static final int EBUSY = 16;
        public static final int EEXIST = 17;
        public static final int EXDEV = 18;
        public static final int ENODEV = 19;
        public static final int ENOTDIR = 20;
        public static final int EISDIR = 21;
        public static final int EINVAL = 22;
        public static final int ENFILE = 23;
        public static final int EMFILE = 24;
        public static final int ENOTTY = 25;
        public static final int ETXTBSY = 26;
        public static final int EFBIG = 27;
        public static final int ENOSPC = 28;
        public static final int ESPIPE = 29;
        public static final int EROFS = 30;
        public static final int EMLINK = 31;
        public static final int EPIPE = 32;
        public static final int EDOM = 33;
        public static final int ERANGE = 34;
        public static final int EDEADLK = 35;
        public static final int ENAMETOOLONG = 36;
        public static final int ENOLCK = 37;
        public static final int ENOSYS = 38;
        public static final int ENOTEMPTY = 39;
        public static final int ELOOP = 40;
        public static final int ENOMSG = 42;
        public static final int EIDRM = 43;
        public static final int ECHRNG = 44;
        public static final int EL2NSYNC = 45;
        public static final int EL3HLT = 46;
        public static final int EL3RST = 47;
        public static final int ELNRNG = 48;
        public static final int EUNATCH = 49;
        public static final int ENOCSI = 50;
        public static final int EL2HLT = 51;
        public static final int EBADE = 52;
        public static final int EBADR = 53;
        public static final int EXFULL = 54;
        public static final int ENOANO = 55;
        public static final int EBADRQC = 56;
        public static final int EBADSLT = 57;
        public static final int EBFONT = 59;
        public static final int ENOSTR = 60;
        public static final int ENODATA = 61;
        public static final int ETIME = 62;
        public static final int ENOSR = 63;
        public static final int ENONET = 64;
        public static final int ENOPKG = 65;
        public static final int EREMOTE = 66;
        public static final int ENOLINK = 67;
        public static final int EADV = 68;
        public static final int ESRMNT = 69;
        public static final int ECOMM = 70;
        public static final int EPROTO = 71;
        public static final int EMULTIHOP = 72;
        public static final int EDOTDOT = 73;
        public static final int EBADMSG = 74;
        public static final int EOVERFLOW = 75;
        public static final int ENOTUNIQ = 76;
        public static final int EBADFD = 77;
        public static final int EREMCHG = 78;
        public static final int ELIBACC = 79;
        public static final int ELIBBAD = 80;
        public static final int ELIBSCN = 81;
        public static final int ELIBMAX = 82;
        public static final int ELIBEXEC = 83;
        public static final int EILSEQ = 84;
        public static final int ERESTART = 85;
        public static final int ESTRPIPE = 86;
        public static final int EUSERS = 87;
        public static final int ENOTSOCK = 88;
        public static final int EDESTADDRREQ = 89;
        public static final int EMSGSIZE = 90;
        public static final int EPROTOTYPE = 91;
        public static final int ENOPROTOOPT = 92;
        public static final int EPROTONOSUPPORT = 93;
        public static final int ESOCKTNOSUPPORT = 94;
        public static final int EOPNOTSUPP = 95;
        public static final int EPFNOSUPPORT = 96;
        public static final int EAFNOSUPPORT = 97;
        public static final int EADDRINUSE = 98;
        public static final int EADDRNOTAVAIL = 99;
        public static final int ENETDOWN = 100;
        public static final int ENETUNREACH = 101;
        public static final int ENETRESET = 102;
        public static final int ECONNABORTED = 103;
        public static final int ECONNRESET = 104;
        public static final int ENOBUFS = 105;
        public static final int EISCONN = 106;
        public static final int ENOTCONN = 107;
        public static final int ESHUTDOWN = 108;
        public static final int ETOOMANYREFS = 109;
        public static final int ETIMEDOUT = 110;
        public static final int ECONNREFUSED = 111;
        public static final int EHOSTDOWN = 112;
        public static final int EHOSTUNREACH = 113;
        public static final int EALREADY = 114;
        public static final int EINPROGRESS = 115;
        public static final int ESTALE = 116;
        public static final int EUCLEAN = 117;
        public static final int ENOTNAM = 118;
        public static final int ENAVAIL = 119;
        public static final int EISNAM = 120;
        public static final int EREMOTEIO = 121;
        public static final int EDQUOT = 122;
        public static final int ENOMEDIUM = 123;
        public static final int EMEDIUMTYPE = 124;
        public static final int ECANCELED = 125;
        public static final int ENOKEY = 126;
        public static final int EKEYEXPIRED = 127;
        public static final int EKEYREVOKED = 128;
        public static final int EKEYREJECTED = 129;
        public static final int EOWNERDEAD = 130;
        public static final int ENOTRECOVERABLE = 131;
        public static final int ERFKILL = 132;

        private Number() {}
    }
}
