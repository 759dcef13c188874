package io.softpath.apps.bigcopy;

/** What was asked for cannot be: said before anything is done, with the remedy. */
final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1;

    Refusal(String sentence) {
        super(sentence);
    }
}
