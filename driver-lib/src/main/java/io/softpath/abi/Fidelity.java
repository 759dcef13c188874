package io.softpath.abi;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks a test that shows one or more rows of the fidelity table: the list of what a faithful
 * emulation of the chip and its driver must show to an outside observer. {@code docs/fidelity.md}
 * is generated from these marks.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.METHOD, ElementType.TYPE})
public @interface Fidelity {
    /** Numbers of the rows that this test shows. */
    int[] value();
}
