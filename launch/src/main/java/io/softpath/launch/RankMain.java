package io.softpath.launch;

import io.softpath.linux.CurrentProcess;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;

/**
 * The first code in every rank: ties its life to the launcher's, then runs the user's main. {@code
 * RankMain CLASS ARGS...}
 *
 * <p>The kernel kills the rank when the launcher ends, however that happens.
 */
public final class RankMain {
    /** Process number of the launcher. */
    public static final String LAUNCHER_PID = "SOFTPATH_LAUNCHER";

    private static final int SIGKILL = 9;

    private RankMain() {}

    public static void main(String[] args) throws Throwable {
        dieWithLauncher(System.getenv(LAUNCHER_PID));
        Class<?> type;
        try {
            type = Class.forName(args[0]);
        } catch (ClassNotFoundException e) {
            complain(
                    "no class "
                            + args[0]
                            + " on the class path (--class-path); softpath's own programs are"
                            + " hello, pingpong, chat, bigcopy, ring, allreduce, heat"
                            + " and exchange");
            return;
        }
        try {
            invokeMain(type, Arrays.copyOfRange(args, 1, args.length));
        } catch (InvocationTargetException e) {
            throw e.getCause(); // as if the JVM had called it
        }
    }

    private static void dieWithLauncher(String launcher) {
        if (launcher == null) {
            return;
        }
        CurrentProcess.signalOnParentDeath(SIGKILL);
        // It may have died before the kernel knew of our wish.
        long parent = ProcessHandle.current().parent().map(ProcessHandle::pid).orElse(-1L);
        if (parent != Long.parseLong(launcher)) {
            System.exit(ExitCode.SIGNAL + SIGKILL);
        }
    }

    /** Calls main as java(1) does since JDK 25: with or without parameter, static or not. */
    private static void invokeMain(Class<?> type, String[] args)
            throws ReflectiveOperationException {
        Method main = find(type, String[].class);
        boolean takesArgs = main != null;
        if (!takesArgs) {
            main = find(type);
        }
        if (main == null) {
            complain(type.getName() + " has no main method");
            return;
        }
        Object self = null;
        if (!Modifier.isStatic(main.getModifiers())) {
            Constructor<?> constructor = type.getDeclaredConstructor();
            constructor.setAccessible(true);
            self = constructor.newInstance();
        }
        main.setAccessible(true);
        if (takesArgs) {
            main.invoke(self, (Object) args);
        } else {
            main.invoke(self);
        }
    }

    /** Ends the rank; the first one speaks for all. */
    private static void complain(String sentence) {
        if (System.getenv().getOrDefault("SOFTPATH_RANK", "0").equals("0")) {
            System.err.println("softpath run: " + sentence);
        }
        System.exit(ExitCode.UNAVAILABLE);
    }

    private static Method find(Class<?> type, Class<?>... parameters) {
        for (Class<?> each = type; each != null; each = each.getSuperclass()) {
            try {
                Method main = each.getDeclaredMethod("main", parameters);
                if (!Modifier.isPrivate(main.getModifiers())) {
                    return main;
                }
            } catch (NoSuchMethodException e) {
                // Perhaps a superclass has it.
            }
        }
        return null;
    }
}
