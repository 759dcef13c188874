package io.softpath.apps.chat;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.softpath.driver.Context;
import io.softpath.driver.PacketHandler;
import io.softpath.driver.ReceivedPacket;
import io.softpath.error.SoftpathException;

import java.time.Duration;

/** Receives until the other's input has ended. */
final class Printer implements Runnable, PacketHandler {
    private static final Duration FOREVER = Duration.ofDays(999);

    private final Context context;
    private boolean ended;

    Printer(Context context) {
        this.context = context;
    }

    @Override
    public void run() {
        try {
            while (!ended) {
                context.receive(this, 16, FOREVER);
            }
        } catch (SoftpathException.Lost e) {
            System.err.println("chat: " + e.getMessage());
            System.exit(1); // the other thread waits for somebody to type
        }
    }

    @Override
    public void onPacket(ReceivedPacket packet) {
        switch (packet.subOpcode()) {
            case Chat.LINE ->
                    System.out.println(
                            packet.source() + "> " + new String(packet.payload(), UTF_8));
            case Chat.END -> ended = true;
            default -> System.err.println("chat: what is this? " + packet);
        }
    }
}
