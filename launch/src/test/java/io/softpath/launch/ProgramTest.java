package io.softpath.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;

class ProgramTest {
    private final StringWriter err = new StringWriter();
    @TempDir private Path dir;

    @Test
    void shouldKnowTheProgramsThatComeWithSoftpath() {
        assertEquals(new Program("io.softpath.apps.hello.Hello", ""), find("hello", ""));
    }

    @Test
    void shouldTakeAnyOtherWordAsAClass() {
        assertEquals(
                new Program("org.example.Main", "/classes"), find("org.example.Main", "/classes"));
    }

    @Test
    void shouldFindTheMainClassOfAJar() throws IOException {
        Path jar = jar("org.example.Main");
        assertEquals(
                new Program("org.example.Main", jar + ":/more"), find(jar.toString(), "/more"));
    }

    @Test
    void shouldRefuseAJarWithoutMainClass() throws IOException {
        Path jar = jar(null);
        Trouble trouble = assertThrows(Trouble.class, () -> find(jar.toString(), ""));
        assertEquals(ExitCode.UNAVAILABLE, trouble.exitCode());
    }

    @Test
    void shouldCompileASourceFile() throws IOException {
        Path source = dir.resolve("Hi.java");
        Files.writeString(source, "package org.example;\nclass Hi { static void main() {} }\n");
        Program program = find(source.toString(), "");
        assertEquals("org.example.Hi", program.mainClass());
        assertTrue(Files.exists(Path.of(program.classPath(), "org", "example", "Hi.class")));
    }

    @Test
    void shouldShowWhyASourceFileDoesNotCompile() throws IOException {
        Path source = Files.writeString(dir.resolve("Hi.java"), "void main() { nonsense }");
        Trouble trouble = assertThrows(Trouble.class, () -> find(source.toString(), ""));
        assertEquals(ExitCode.FAILED, trouble.exitCode());
        assertTrue(err.toString().contains("nonsense"), err.toString());
    }

    @Test
    void shouldSayWhichFileCannotBeRead() {
        Trouble trouble = assertThrows(Trouble.class, () -> find("missing.jar", ""));
        assertTrue(trouble.getMessage().contains("missing.jar"));
    }

    private Program find(String word, String classPath) {
        return Program.of(word, classPath, dir, new PrintWriter(err));
    }

    private Path jar(String mainClass) throws IOException {
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        if (mainClass != null) {
            manifest.getMainAttributes().put(Attributes.Name.MAIN_CLASS, mainClass);
        }
        Path jar = dir.resolve("some.jar");
        try (OutputStream file = Files.newOutputStream(jar)) {
            new JarOutputStream(file, manifest).close();
        }
        return jar;
    }
}
