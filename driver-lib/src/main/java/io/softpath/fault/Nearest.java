package io.softpath.fault;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/** Names that somebody may have meant. */
public final class Nearest {
    private static final int SHOWN = 3;

    private Nearest() {}

    /** {@code : did you mean "a" or "b"?} if any is near, else nothing. */
    public static String hint(String word, Collection<String> known) {
        List<String> near =
                known.stream()
                        .filter(each -> distance(word, each) <= Math.max(2, word.length() / 3))
                        .sorted(
                                Comparator.comparingInt((String each) -> distance(word, each))
                                        .thenComparing(Comparator.naturalOrder()))
                        .limit(SHOWN)
                        .toList();
        return near.isEmpty() ? "" : ": did you mean \"" + String.join("\" or \"", near) + "\"?";
    }

    /** Letters to be changed, added or left out. Source: Levenshtein, 1965. */
    static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int change = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(change, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[b.length()];
    }
}
