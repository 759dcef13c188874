package io.softpath.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;

import org.junit.jupiter.api.Test;

import picocli.CommandLine.Help.Ansi;

import java.util.List;

class HelloCommandTest {
    @Test
    void shouldShareALineAmongRanksThatAgreeAndShowWhereOneDiffers() {
        String text =
                TableTest.text(
                        HelloCommand.mappings(
                                List.of(rank(0, true), rank(1, true), rank(2, false))),
                        Ansi.OFF);
        assertEquals(
                """
                MAPPING         FILE    SIZE  USER MAY     KERNEL  FLAGS           LOCKED  RULE  RANKS
                user registers  uregs  4 KiB  read, write  rw-s    wr mw dc dd lo  yes     ok    [0, 1]
                user registers  uregs  4 KiB  read, write  rw-s    wr mw dc dd lo  no      ok    [2]
                """,
                text);
    }

    private static JsonNode rank(int rank, boolean locked) {
        return Json.tree(
                """
                {"rank": %d, "mappings": [{"kind": "user registers", "label": "uregs", "bytes": 4096,
                 "access": "READ_WRITE", "permissions": "rw-s", "vmFlags": "dc dd lo mr mw rd sh wr",
                 "locked": %b, "violations": ""}]}
                """
                        .formatted(rank, locked));
    }
}
