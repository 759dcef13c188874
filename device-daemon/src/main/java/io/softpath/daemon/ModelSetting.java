package io.softpath.daemon;

import io.softpath.abi.model.ChipModel;

import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;

/** What of a chip model a daemon may be told to have otherwise: {@code --set NAME=NUMBER}. */
enum ModelSetting {
    /** 2K send buffers of a unit, shared out to the contexts. */
    PIO_BUFFERS("pio-buffers"),
    /** Eager buffers of each context. */
    EAGER_BUFFERS("eager-buffers"),
    EAGER_BUFFER_BYTES("eager-buffer-bytes"),
    /** Entries of each context's header queue. */
    HEADER_ENTRIES("header-entries"),
    /** Expected TIDs of each context. */
    TIDS("tids");

    private final String optionName;

    ModelSetting(String optionName) {
        this.optionName = optionName;
    }

    /**
     * The model with these settings; the model's own bounds hold.
     *
     * @throws IllegalArgumentException if a name is unknown, a value is no number, or the model
     *     would not fit together
     */
    static ChipModel apply(ChipModel model, Map<String, String> settings) {
        if (settings.isEmpty()) {
            return model;
        }
        ChipModel.Builder builder = model.toBuilder();
        settings.forEach((name, value) -> named(name).set(builder, number(name, value)));
        return builder.build();
    }

    private void set(ChipModel.Builder builder, int value) {
        switch (this) {
            case PIO_BUFFERS -> builder.pio2kCount(value);
            case EAGER_BUFFERS -> builder.egrCount(value);
            case EAGER_BUFFER_BYTES -> builder.egrBufferBytes(value);
            case HEADER_ENTRIES -> builder.rcvHdrCount(value);
            case TIDS -> builder.tidCount(value);
        }
    }

    /** The names, for help and errors. */
    static String names() {
        return Arrays.stream(values()).map(s -> s.optionName).collect(Collectors.joining(", "));
    }

    private static ModelSetting named(String name) {
        return Arrays.stream(values())
                .filter(setting -> setting.optionName.equals(name))
                .findFirst()
                .orElseThrow(() ->
                        new IllegalArgumentException(
                                "set: no such setting: name="
                                        + name
                                        + ", choose one of "
                                        + names()));
    }

    private static int number(String name, String value) {
        try {
            return Integer.parseInt(value);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("set: " + name + "=" + value + " is no number", e);
        }
    }
}
