package io.softpath.launch;

import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.LifecycleMethodExecutionExceptionHandler;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;

/** Attaches what the children of a test printed to the failure of the test. */
final class ChildOutput
        implements BeforeEachCallback,
                TestExecutionExceptionHandler,
                LifecycleMethodExecutionExceptionHandler {
    /** A child's lines, as a suppressed exception of the failure. */
    private static final class Printed extends Exception {
        private static final long serialVersionUID = 1;

        Printed(Jvm child) {
            super(
                    child + " printed:\n    " + String.join("\n    ", child.lines()),
                    null,
                    true,
                    false);
        }
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        Jvm.forgetEnded();
    }

    @Override
    public void handleTestExecutionException(ExtensionContext context, Throwable failure)
            throws Throwable {
        throw withOutput(failure);
    }

    @Override
    public void handleBeforeAllMethodExecutionException(ExtensionContext context, Throwable failure)
            throws Throwable {
        throw withOutput(failure);
    }

    @Override
    public void handleAfterAllMethodExecutionException(ExtensionContext context, Throwable failure)
            throws Throwable {
        throw withOutput(failure);
    }

    private static Throwable withOutput(Throwable failure) {
        Jvm.started().forEach(child -> failure.addSuppressed(new Printed(child)));
        return failure;
    }
}
