package io.softpath.launch;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.function.IntConsumer;

/**
 * Handlers for signals. {@code sun.misc.Signal} is the only way to them and javac warns of every
 * mention, so it is reached by name; where it should be missing, signals do what they do by
 * default.
 */
public final class Signals {
    private Signals() {}

    /**
     * Calls the handler, on a thread of the JVM's, with the number of each such signal instead of
     * ending the JVM.
     */
    public static void handle(IntConsumer handler, String... names) {
        try {
            Class<?> signalType = Class.forName("sun.misc.Signal");
            Class<?> handlerType = Class.forName("sun.misc.SignalHandler");
            Object proxy =
                    Proxy.newProxyInstance(
                            Signals.class.getClassLoader(),
                            new Class<?>[] {handlerType},
                            (self, method, args) ->
                                    switch (method.getName()) {
                                        case "handle" -> {
                                            handler.accept(
                                                    (int)
                                                            signalType
                                                                    .getMethod("getNumber")
                                                                    .invoke(args[0]));
                                            yield null;
                                        }
                                        case "equals" ->
                                                System.identityHashCode(self)
                                                        == System.identityHashCode(args[0]);
                                        case "hashCode" -> System.identityHashCode(self);
                                        default -> "softpath signal handler";
                                    });
            for (String name : names) {
                Object signal = signalType.getConstructor(String.class).newInstance(name);
                signalType.getMethod("handle", signalType, handlerType).invoke(null, signal, proxy);
            }
        } catch (ClassNotFoundException
                | NoSuchMethodException
                | IllegalAccessException
                | InstantiationException
                | InvocationTargetException e) {
            // Default actions remain; the shutdown hooks still clean up.
        }
    }

    /** The usual name of a number, as {@code kill -l} gives it. */
    static String name(int number) {
        return switch (number) {
            case 1 -> "SIGHUP";
            case 2 -> "SIGINT";
            case 3 -> "SIGQUIT";
            case 6 -> "SIGABRT";
            case 7 -> "SIGBUS";
            case 9 -> "SIGKILL";
            case 11 -> "SIGSEGV";
            case 13 -> "SIGPIPE";
            case 15 -> "SIGTERM";
            default -> "signal " + number;
        };
    }

    /** How a process ended, in words. */
    public static String describeExit(int exitCode) {
        if (exitCode > ExitCode.SIGNAL && exitCode <= ExitCode.SIGNAL + 64) {
            return "ended with exit code "
                    + exitCode
                    + " ("
                    + name(exitCode - ExitCode.SIGNAL)
                    + ")";
        }
        return "ended with exit code " + exitCode;
    }
}
