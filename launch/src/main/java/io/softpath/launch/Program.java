package io.softpath.launch;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;

/**
 * What the user asked to run: a class, a jar, one Java source file, or the name of a program that
 * comes with softpath.
 *
 * @param mainClass its main class
 * @param classPath where it is found, before softpath's own class path; may be empty
 */
record Program(String mainClass, String classPath) {
    private static final Pattern PACKAGE = Pattern.compile("(?m)^\\s*package\\s+([\\w.]+)\\s*;");
    private static final Pattern SHIPPED = Pattern.compile("[a-z]\\w*");

    /**
     * Finds what a word of the command line names.
     *
     * @param classPath the user's class path, may be empty
     * @param scratch where a source file is compiled to
     */
    static Program of(String word, String classPath, Path scratch, PrintWriter err) {
        if (word.endsWith(".jar")) {
            return ofJar(readable(word), classPath);
        }
        if (word.endsWith(".java")) {
            return ofSource(readable(word), classPath, scratch, err);
        }
        if (SHIPPED.matcher(word).matches()) {
            String name =
                    "io.softpath.apps."
                            + word
                            + "."
                            + Character.toUpperCase(word.charAt(0))
                            + word.substring(1);
            if (Program.class.getClassLoader().getResource(name.replace('.', '/') + ".class")
                    != null) {
                return new Program(name, classPath);
            }
        }
        return new Program(word, classPath);
    }

    private static Path readable(String word) {
        Path file = Path.of(word).toAbsolutePath();
        if (!Files.isReadable(file)) {
            throw Trouble.unavailable("cannot read " + word);
        }
        return file;
    }

    private static Program ofJar(Path jar, String classPath) {
        try (JarFile file = new JarFile(jar.toFile())) {
            Manifest manifest = file.getManifest();
            String main =
                    manifest == null
                            ? null
                            : manifest.getMainAttributes().getValue(Attributes.Name.MAIN_CLASS);
            if (main == null) {
                throw Trouble.unavailable(
                        jar + " names no Main-Class; put it on --class-path and name the class");
            }
            return new Program(main.strip(), joined(jar.toString(), classPath));
        } catch (IOException e) {
            throw new Trouble(
                    ExitCode.UNAVAILABLE, "cannot read " + jar + ": " + e.getMessage(), e);
        }
    }

    /** Compiles once, for all ranks. */
    private static Program ofSource(Path source, String classPath, Path scratch, PrintWriter err) {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        if (compiler == null) {
            throw Trouble.unavailable(
                    "no Java compiler in " + System.getProperty("java.home") + "; a JDK is needed");
        }
        Path classes = scratch.resolve("classes");
        try {
            Files.createDirectories(classes);
            String text = Files.readString(source);
            List<String> options =
                    List.of(
                            "-d",
                            classes.toString(),
                            "-cp",
                            joined(classPath, JvmFlags.classPath()));
            try (var files = compiler.getStandardFileManager(null, null, null)) {
                boolean ok =
                        compiler.getTask(
                                        err,
                                        files,
                                        null,
                                        options,
                                        null,
                                        files.getJavaFileObjects(source))
                                .call();
                err.flush();
                if (!ok) {
                    throw new Trouble(ExitCode.FAILED, source.getFileName() + " does not compile");
                }
            }
            String simple = source.getFileName().toString().replaceFirst("\\.java$", "");
            Matcher declared = PACKAGE.matcher(text);
            return new Program(
                    declared.find() ? declared.group(1) + "." + simple : simple,
                    joined(classes.toString(), classPath));
        } catch (IOException e) {
            throw new Trouble(
                    ExitCode.UNAVAILABLE, "cannot compile " + source + ": " + e.getMessage(), e);
        }
    }

    private static String joined(String first, String second) {
        if (first.isEmpty()) {
            return second;
        }
        return second.isEmpty() ? first : first + ":" + second;
    }
}
