package io.softpath.abi.register;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** A bit field with its name in the chip's documents, for tables and dumps. */
public record NamedField(String name, Field field, String purpose) {
    /**
     * The fields of one qword or dword, lowest first.
     *
     * @throws IllegalStateException if a name comes twice, or if a field overlaps the one before it
     */
    public static List<NamedField> table(NamedField... fields) {
        Set<String> names = new HashSet<>();
        int end = 0;
        for (NamedField named : fields) {
            if (!names.add(named.name) || named.field.shift() < end) {
                throw new IllegalStateException(
                        "field listed twice or out of order: name="
                                + named.name
                                + " shift="
                                + named.field.shift()
                                + " free="
                                + end);
            }
            end = named.field.shift() + named.field.width();
        }
        return List.of(fields);
    }

    /** {@code "5"} or {@code "0-10"}. */
    public String bits() {
        int last = field.shift() + field.width() - 1;
        return field.width() == 1 ? "" + last : field.shift() + "-" + last;
    }
}
