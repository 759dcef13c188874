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

    public static final Errno EPERM = known(Code.EPERM, "EPERM", "Operation not permitted");
    public static final Errno ENOENT = known(Code.ENOENT, "ENOENT", "No such file or directory");
    public static final Errno ESRCH = known(Code.ESRCH, "ESRCH", "No such process");
    public static final Errno EINTR = known(Code.EINTR, "EINTR", "Interrupted system call");
    public static final Errno EIO = known(Code.EIO, "EIO", "Input/output error");
    public static final Errno ENXIO = known(Code.ENXIO, "ENXIO", "No such device or address");
    public static final Errno E2BIG = known(Code.E2BIG, "E2BIG", "Argument list too long");
    public static final Errno ENOEXEC = known(Code.ENOEXEC, "ENOEXEC", "Exec format error");
    public static final Errno EBADF = known(Code.EBADF, "EBADF", "Bad file descriptor");
    public static final Errno ECHILD = known(Code.ECHILD, "ECHILD", "No child processes");
    public static final Errno EAGAIN =
            known(Code.EAGAIN, "EAGAIN", "Resource temporarily unavailable");
    public static final Errno ENOMEM = known(Code.ENOMEM, "ENOMEM", "Cannot allocate memory");
    public static final Errno EACCES = known(Code.EACCES, "EACCES", "Permission denied");
    public static final Errno EFAULT = known(Code.EFAULT, "EFAULT", "Bad address");
    public static final Errno ENOTBLK = known(Code.ENOTBLK, "ENOTBLK", "Block device required");
    public static final Errno EBUSY = known(Code.EBUSY, "EBUSY", "Device or resource busy");
    public static final Errno EEXIST = known(Code.EEXIST, "EEXIST", "File exists");
    public static final Errno EXDEV = known(Code.EXDEV, "EXDEV", "Invalid cross-device link");
    public static final Errno ENODEV = known(Code.ENODEV, "ENODEV", "No such device");
    public static final Errno ENOTDIR = known(Code.ENOTDIR, "ENOTDIR", "Not a directory");
    public static final Errno EISDIR = known(Code.EISDIR, "EISDIR", "Is a directory");
    public static final Errno EINVAL = known(Code.EINVAL, "EINVAL", "Invalid argument");
    public static final Errno ENFILE =
            known(Code.ENFILE, "ENFILE", "Too many open files in system");
    public static final Errno EMFILE = known(Code.EMFILE, "EMFILE", "Too many open files");
    public static final Errno ENOTTY =
            known(Code.ENOTTY, "ENOTTY", "Inappropriate ioctl for device");
    public static final Errno ETXTBSY = known(Code.ETXTBSY, "ETXTBSY", "Text file busy");
    public static final Errno EFBIG = known(Code.EFBIG, "EFBIG", "File too large");
    public static final Errno ENOSPC = known(Code.ENOSPC, "ENOSPC", "No space left on device");
    public static final Errno ESPIPE = known(Code.ESPIPE, "ESPIPE", "Illegal seek");
    public static final Errno EROFS = known(Code.EROFS, "EROFS", "Read-only file system");
    public static final Errno EMLINK = known(Code.EMLINK, "EMLINK", "Too many links");
    public static final Errno EPIPE = known(Code.EPIPE, "EPIPE", "Broken pipe");
    public static final Errno EDOM = known(Code.EDOM, "EDOM", "Numerical argument out of domain");
    public static final Errno ERANGE =
            known(Code.ERANGE, "ERANGE", "Numerical result out of range");
    public static final Errno EDEADLK = known(Code.EDEADLK, "EDEADLK", "Resource deadlock avoided");
    public static final Errno ENAMETOOLONG =
            known(Code.ENAMETOOLONG, "ENAMETOOLONG", "File name too long");
    public static final Errno ENOLCK = known(Code.ENOLCK, "ENOLCK", "No locks available");
    public static final Errno ENOSYS = known(Code.ENOSYS, "ENOSYS", "Function not implemented");
    public static final Errno ENOTEMPTY = known(Code.ENOTEMPTY, "ENOTEMPTY", "Directory not empty");
    public static final Errno ELOOP =
            known(Code.ELOOP, "ELOOP", "Too many levels of symbolic links");
    public static final Errno ENOMSG = known(Code.ENOMSG, "ENOMSG", "No message of desired type");
    public static final Errno EIDRM = known(Code.EIDRM, "EIDRM", "Identifier removed");
    public static final Errno ECHRNG = known(Code.ECHRNG, "ECHRNG", "Channel number out of range");
    public static final Errno EL2NSYNC =
            known(Code.EL2NSYNC, "EL2NSYNC", "Level 2 not synchronized");
    public static final Errno EL3HLT = known(Code.EL3HLT, "EL3HLT", "Level 3 halted");
    public static final Errno EL3RST = known(Code.EL3RST, "EL3RST", "Level 3 reset");
    public static final Errno ELNRNG = known(Code.ELNRNG, "ELNRNG", "Link number out of range");
    public static final Errno EUNATCH =
            known(Code.EUNATCH, "EUNATCH", "Protocol driver not attached");
    public static final Errno ENOCSI = known(Code.ENOCSI, "ENOCSI", "No CSI structure available");
    public static final Errno EL2HLT = known(Code.EL2HLT, "EL2HLT", "Level 2 halted");
    public static final Errno EBADE = known(Code.EBADE, "EBADE", "Invalid exchange");
    public static final Errno EBADR = known(Code.EBADR, "EBADR", "Invalid request descriptor");
    public static final Errno EXFULL = known(Code.EXFULL, "EXFULL", "Exchange full");
    public static final Errno ENOANO = known(Code.ENOANO, "ENOANO", "No anode");
    public static final Errno EBADRQC = known(Code.EBADRQC, "EBADRQC", "Invalid request code");
    public static final Errno EBADSLT = known(Code.EBADSLT, "EBADSLT", "Invalid slot");
    public static final Errno EBFONT = known(Code.EBFONT, "EBFONT", "Bad font file format");
    public static final Errno ENOSTR = known(Code.ENOSTR, "ENOSTR", "Device not a stream");
    public static final Errno ENODATA = known(Code.ENODATA, "ENODATA", "No data available");
    public static final Errno ETIME = known(Code.ETIME, "ETIME", "Timer expired");
    public static final Errno ENOSR = known(Code.ENOSR, "ENOSR", "Out of streams resources");
    public static final Errno ENONET =
            known(Code.ENONET, "ENONET", "Machine is not on the network");
    public static final Errno ENOPKG = known(Code.ENOPKG, "ENOPKG", "Package not installed");
    public static final Errno EREMOTE = known(Code.EREMOTE, "EREMOTE", "Object is remote");
    public static final Errno ENOLINK = known(Code.ENOLINK, "ENOLINK", "Link has been severed");
    public static final Errno EADV = known(Code.EADV, "EADV", "Advertise error");
    public static final Errno ESRMNT = known(Code.ESRMNT, "ESRMNT", "Srmount error");
    public static final Errno ECOMM = known(Code.ECOMM, "ECOMM", "Communication error on send");
    public static final Errno EPROTO = known(Code.EPROTO, "EPROTO", "Protocol error");
    public static final Errno EMULTIHOP = known(Code.EMULTIHOP, "EMULTIHOP", "Multihop attempted");
    public static final Errno EDOTDOT = known(Code.EDOTDOT, "EDOTDOT", "RFS specific error");
    public static final Errno EBADMSG = known(Code.EBADMSG, "EBADMSG", "Bad message");
    public static final Errno EOVERFLOW =
            known(Code.EOVERFLOW, "EOVERFLOW", "Value too large for defined data type");
    public static final Errno ENOTUNIQ =
            known(Code.ENOTUNIQ, "ENOTUNIQ", "Name not unique on network");
    public static final Errno EBADFD = known(Code.EBADFD, "EBADFD", "File descriptor in bad state");
    public static final Errno EREMCHG = known(Code.EREMCHG, "EREMCHG", "Remote address changed");
    public static final Errno ELIBACC =
            known(Code.ELIBACC, "ELIBACC", "Can not access a needed shared library");
    public static final Errno ELIBBAD =
            known(Code.ELIBBAD, "ELIBBAD", "Accessing a corrupted shared library");
    public static final Errno ELIBSCN =
            known(Code.ELIBSCN, "ELIBSCN", ".lib section in a.out corrupted");
    public static final Errno ELIBMAX =
            known(Code.ELIBMAX, "ELIBMAX", "Attempting to link in too many shared libraries");
    public static final Errno ELIBEXEC =
            known(Code.ELIBEXEC, "ELIBEXEC", "Cannot exec a shared library directly");
    public static final Errno EILSEQ =
            known(Code.EILSEQ, "EILSEQ", "Invalid or incomplete multibyte or wide character");
    public static final Errno ERESTART =
            known(Code.ERESTART, "ERESTART", "Interrupted system call should be restarted");
    public static final Errno ESTRPIPE = known(Code.ESTRPIPE, "ESTRPIPE", "Streams pipe error");
    public static final Errno EUSERS = known(Code.EUSERS, "EUSERS", "Too many users");
    public static final Errno ENOTSOCK =
            known(Code.ENOTSOCK, "ENOTSOCK", "Socket operation on non-socket");
    public static final Errno EDESTADDRREQ =
            known(Code.EDESTADDRREQ, "EDESTADDRREQ", "Destination address required");
    public static final Errno EMSGSIZE = known(Code.EMSGSIZE, "EMSGSIZE", "Message too long");
    public static final Errno EPROTOTYPE =
            known(Code.EPROTOTYPE, "EPROTOTYPE", "Protocol wrong type for socket");
    public static final Errno ENOPROTOOPT =
            known(Code.ENOPROTOOPT, "ENOPROTOOPT", "Protocol not available");
    public static final Errno EPROTONOSUPPORT =
            known(Code.EPROTONOSUPPORT, "EPROTONOSUPPORT", "Protocol not supported");
    public static final Errno ESOCKTNOSUPPORT =
            known(Code.ESOCKTNOSUPPORT, "ESOCKTNOSUPPORT", "Socket type not supported");
    public static final Errno EOPNOTSUPP =
            known(Code.EOPNOTSUPP, "EOPNOTSUPP", "Operation not supported");
    public static final Errno EPFNOSUPPORT =
            known(Code.EPFNOSUPPORT, "EPFNOSUPPORT", "Protocol family not supported");
    public static final Errno EAFNOSUPPORT =
            known(Code.EAFNOSUPPORT, "EAFNOSUPPORT", "Address family not supported by protocol");
    public static final Errno EADDRINUSE =
            known(Code.EADDRINUSE, "EADDRINUSE", "Address already in use");
    public static final Errno EADDRNOTAVAIL =
            known(Code.EADDRNOTAVAIL, "EADDRNOTAVAIL", "Cannot assign requested address");
    public static final Errno ENETDOWN = known(Code.ENETDOWN, "ENETDOWN", "Network is down");
    public static final Errno ENETUNREACH =
            known(Code.ENETUNREACH, "ENETUNREACH", "Network is unreachable");
    public static final Errno ENETRESET =
            known(Code.ENETRESET, "ENETRESET", "Network dropped connection on reset");
    public static final Errno ECONNABORTED =
            known(Code.ECONNABORTED, "ECONNABORTED", "Software caused connection abort");
    public static final Errno ECONNRESET =
            known(Code.ECONNRESET, "ECONNRESET", "Connection reset by peer");
    public static final Errno ENOBUFS = known(Code.ENOBUFS, "ENOBUFS", "No buffer space available");
    public static final Errno EISCONN =
            known(Code.EISCONN, "EISCONN", "Transport endpoint is already connected");
    public static final Errno ENOTCONN =
            known(Code.ENOTCONN, "ENOTCONN", "Transport endpoint is not connected");
    public static final Errno ESHUTDOWN =
            known(Code.ESHUTDOWN, "ESHUTDOWN", "Cannot send after transport endpoint shutdown");
    public static final Errno ETOOMANYREFS =
            known(Code.ETOOMANYREFS, "ETOOMANYREFS", "Too many references: cannot splice");
    public static final Errno ETIMEDOUT =
            known(Code.ETIMEDOUT, "ETIMEDOUT", "Connection timed out");
    public static final Errno ECONNREFUSED =
            known(Code.ECONNREFUSED, "ECONNREFUSED", "Connection refused");
    public static final Errno EHOSTDOWN = known(Code.EHOSTDOWN, "EHOSTDOWN", "Host is down");
    public static final Errno EHOSTUNREACH =
            known(Code.EHOSTUNREACH, "EHOSTUNREACH", "No route to host");
    public static final Errno EALREADY =
            known(Code.EALREADY, "EALREADY", "Operation already in progress");
    public static final Errno EINPROGRESS =
            known(Code.EINPROGRESS, "EINPROGRESS", "Operation now in progress");
    public static final Errno ESTALE = known(Code.ESTALE, "ESTALE", "Stale file handle");
    public static final Errno EUCLEAN = known(Code.EUCLEAN, "EUCLEAN", "Structure needs cleaning");
    public static final Errno ENOTNAM =
            known(Code.ENOTNAM, "ENOTNAM", "Not a XENIX named type file");
    public static final Errno ENAVAIL =
            known(Code.ENAVAIL, "ENAVAIL", "No XENIX semaphores available");
    public static final Errno EISNAM = known(Code.EISNAM, "EISNAM", "Is a named type file");
    public static final Errno EREMOTEIO = known(Code.EREMOTEIO, "EREMOTEIO", "Remote I/O error");
    public static final Errno EDQUOT = known(Code.EDQUOT, "EDQUOT", "Disk quota exceeded");
    public static final Errno ENOMEDIUM = known(Code.ENOMEDIUM, "ENOMEDIUM", "No medium found");
    public static final Errno EMEDIUMTYPE =
            known(Code.EMEDIUMTYPE, "EMEDIUMTYPE", "Wrong medium type");
    public static final Errno ECANCELED = known(Code.ECANCELED, "ECANCELED", "Operation canceled");
    public static final Errno ENOKEY = known(Code.ENOKEY, "ENOKEY", "Required key not available");
    public static final Errno EKEYEXPIRED =
            known(Code.EKEYEXPIRED, "EKEYEXPIRED", "Key has expired");
    public static final Errno EKEYREVOKED =
            known(Code.EKEYREVOKED, "EKEYREVOKED", "Key has been revoked");
    public static final Errno EKEYREJECTED =
            known(Code.EKEYREJECTED, "EKEYREJECTED", "Key was rejected by service");
    public static final Errno EOWNERDEAD = known(Code.EOWNERDEAD, "EOWNERDEAD", "Owner died");
    public static final Errno ENOTRECOVERABLE =
            known(Code.ENOTRECOVERABLE, "ENOTRECOVERABLE", "State not recoverable");
    public static final Errno ERFKILL =
            known(Code.ERFKILL, "ERFKILL", "Operation not possible due to RF-kill");

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
    public static final class Code {
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

        private Code() {}
    }
}
