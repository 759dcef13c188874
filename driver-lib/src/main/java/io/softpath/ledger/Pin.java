package io.softpath.ledger;

/** A reference that get_user_pages took on one page. */
public final class Pin {
    final Frame frame;
    private final String holder;
    boolean out = true;

    Pin(Frame frame, String holder) {
        this.frame = frame;
        this.holder = holder;
    }

    /** The page, which stays what it is until the pin is given back. */
    public Frame frame() {
        return frame;
    }

    /** For whom. */
    public String holder() {
        return holder;
    }

    /** Not given back yet. */
    public boolean out() {
        return out;
    }
}
