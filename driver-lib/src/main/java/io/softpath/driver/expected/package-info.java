/**
 * Expected receive: data that the chip writes straight into the receiver's pinned memory, page by
 * page, by TID. Start at {@link io.softpath.driver.expected.Expected}. The receiving thread opens
 * and closes windows and looks at packets, the sending thread sends; packets cost no allocation, no
 * lock and no system call.
 */
package io.softpath.driver.expected;
