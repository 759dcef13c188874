package io.softpath.apps.chat;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

class ReadmeTest {
    @Test
    void shouldShowTheChatAsItIs() throws IOException {
        Path root = Path.of(System.getProperty("basedir", ".")).resolve("..");
        String readme = Files.readString(root.resolve("README.md"));
        String chat =
                Files.readString(
                        root.resolve("user-apps/src/main/java/io/softpath/apps/chat/Chat.java"));
        int start = readme.indexOf("```java\n", readme.indexOf("<!-- example:chat -->")) + 8;
        String example = readme.substring(start, readme.indexOf("```", start)).strip();
        String body = example.substring(0, example.lastIndexOf('}'));
        assertTrue(
                unindented(chat).contains(unindented(body)), "the README's example is not Chat's");
    }

    private static String unindented(String code) {
        return code.replaceAll("(?m)^ +", "");
    }
}
