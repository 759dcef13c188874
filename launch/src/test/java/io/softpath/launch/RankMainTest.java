package io.softpath.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;

class RankMainTest {
    private static final List<String> CALLS = new ArrayList<>();

    static class WithArguments {
        public static void main(String[] args) {
            CALLS.add("arguments " + String.join(",", args));
        }
    }

    static class WithoutArguments {
        static void main() {
            CALLS.add("none");
        }
    }

    static class Instance {
        void main() {
            CALLS.add("instance");
        }
    }

    static class Failing {
        @SuppressWarnings("DoNotCallSuggester")
        static void main() {
            throw new IllegalStateException("the program's own");
        }
    }

    @Test
    void shouldCallMainInEveryFormThatJavaKnows() throws Throwable {
        CALLS.clear();
        RankMain.main(new String[] {WithArguments.class.getName(), "a", "b"});
        RankMain.main(new String[] {WithoutArguments.class.getName()});
        RankMain.main(new String[] {Instance.class.getName()});
        assertEquals(List.of("arguments a,b", "none", "instance"), CALLS);
    }

    @Test
    void shouldLetTheProgramsExceptionThrough() {
        IllegalStateException e =
                assertThrows(
                        IllegalStateException.class,
                        () -> RankMain.main(new String[] {Failing.class.getName()}));
        assertEquals("the program's own", e.getMessage());
    }
}
