package io.softpath.abi.register;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * One member of a structure: its name, where it lies, how many bytes it has. For tables and dumps.
 */
public record StructField(String name, int offset, int bytes, String purpose) {
    /**
     * The layout of a structure, lowest offset first.
     *
     * @throws IllegalStateException if a name comes twice, if a member overlaps the one before it
     *     or ends behind the structure
     */
    public static List<StructField> layout(int structBytes, StructField... fields) {
        Set<String> names = new HashSet<>();
        int end = 0;
        for (StructField field : fields) {
            boolean fits = field.offset >= end && field.offset + field.bytes <= structBytes;
            if (!names.add(field.name) || !fits) {
                throw new IllegalStateException(
                        "member listed twice or misplaced: name="
                                + field.name
                                + " offset="
                                + field.offset
                                + " free="
                                + end
                                + " structBytes="
                                + structBytes);
            }
            end = field.offset + field.bytes;
        }
        return List.of(fields);
    }
}
