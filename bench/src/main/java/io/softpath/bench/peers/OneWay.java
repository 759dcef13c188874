package io.softpath.bench.peers;

import io.softpath.bench.mq.MqBench;
import io.softpath.bench.mq.Size;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** What is told of messages that follow each other one way: how many, or how much. */
public enum OneWay {
    /** Messages a second, of short ones, beside those of softpath's direct path. */
    RATE("rate", "messages/s") {
        @Override
        List<Size> sizes() {
            return List.of(Size.TINY, Size.LINE);
        }

        @Override
        double of(double messages, Size size) {
            return messages;
        }

        @Override
        String own(Size size) {
            return MqBench.directRate(size);
        }

        @Override
        String base(Size size) {
            return own(size);
        }

        @Override
        Set<Peer> peers() {
            return EnumSet.allOf(Peer.class);
        }

        @Override
        List<CPeer> inC() {
            return Stream.of(CPeer.values()).filter(CPeer::hasRates).toList();
        }
    },

    /** Bytes a second, of long ones, beside one copy of the same memory. */
    BANDWIDTH("bandwidth", "GB/s") {
        @Override
        List<Size> sizes() {
            return List.of(Size.LONG, Size.MEBIBYTE);
        }

        @Override
        double of(double messages, Size size) {
            return messages * size.bytes() / 1e9;
        }

        @Override
        String own(Size size) {
            return MqBench.directBandwidth(size);
        }

        @Override
        String base(Size size) {
            return MqBench.memcpy(size);
        }

        @Override
        Set<Peer> peers() { // a queue that keeps all it was ever given is not asked for long ones
            return EnumSet.complementOf(EnumSet.of(Peer.CHRONICLE_QUEUE));
        }

        @Override
        List<CPeer> inC() {
            return List.of(CPeer.values());
        }
    };

    private final String label;
    private final String unit;

    OneWay(String label, String unit) {
        this.label = label;
        this.unit = unit;
    }

    String unit() {
        return unit;
    }

    /** How long its messages are, in ascending order. */
    abstract List<Size> sizes();

    /** The longest of its messages. */
    Size longest() {
        return sizes().getLast();
    }

    /** The figure, of so many messages a second. */
    abstract double of(double messages, Size size);

    /** What softpath's own result is called. */
    abstract String own(Size size);

    /** With which result all of the same size are compared. */
    abstract String base(Size size);

    abstract Set<Peer> peers();

    abstract List<CPeer> inC();

    /** What a peer's result is called. */
    String name(String peer, Size size) {
        return "peer." + peer + "." + label + "." + size.label();
    }

    /** What its results are called. */
    public List<String> names() {
        List<String> names = new ArrayList<>();
        for (Size size : sizes()) {
            names.addAll(Stream.of(base(size), own(size)).distinct().toList());
            peers().forEach(peer -> names.add(name(peer.label(), size)));
            inC().forEach(peer -> names.add(name(peer.label(), size)));
        }
        return names;
    }
}
