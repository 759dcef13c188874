package io.softpath.bench.plot;

import java.io.StringWriter;

import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/**
 * Writes HTML that is XML as well, with SVG in it. Text and attributes are escaped, whatever they
 * hold. Attributes are given as names and values in turn.
 */
public final class Markup {
    private static final String NAMESPACE = "xmlns";
    private static final int REPLACEMENT = 0xFFFD;

    private final StringWriter text = new StringWriter();
    private final XMLStreamWriter writer;

    /** Nothing is written yet. */
    public Markup() {
        try {
            writer = XMLOutputFactory.newDefaultFactory().createXMLStreamWriter(text);
        } catch (XMLStreamException e) {
            throw failed(e);
        }
    }

    /** The line that tells a browser that this is HTML of today. */
    public Markup doctype() {
        return write(() -> writer.writeDTD("<!DOCTYPE html>\n"));
    }

    /** Opens an element. */
    public Markup open(String name, String... attributes) {
        return write(() -> {
            writer.writeStartElement(name);
            attributes(attributes);
        });
    }

    /** Closes the element that was opened last, and ends the line. */
    public Markup close() {
        return write(() -> {
            writer.writeEndElement();
            writer.writeCharacters("\n");
        });
    }

    /** An element that holds text alone. */
    public Markup element(String name, String content, String... attributes) {
        return open(name, attributes).text(content).close();
    }

    /** An element that holds nothing and has no end. */
    public Markup empty(String name, String... attributes) {
        return write(() -> {
            writer.writeEmptyElement(name);
            attributes(attributes);
            writer.writeCharacters("\n");
        });
    }

    /** Text in the element that is open. */
    public Markup text(String content) {
        return write(() -> writer.writeCharacters(legal(content)));
    }

    /**
     * All that was written.
     *
     * @throws IllegalStateException if it cannot be written
     */
    public String finish() {
        write(() -> {
            writer.writeEndDocument();
            writer.close();
        });
        return text.toString();
    }

    private void attributes(String... attributes) throws XMLStreamException {
        for (int i = 0; i < attributes.length; i += 2) {
            if (attributes[i].equals(NAMESPACE)) {
                writer.writeDefaultNamespace(attributes[i + 1]);
            } else {
                writer.writeAttribute(attributes[i], legal(attributes[i + 1]));
            }
        }
    }

    /** XML has no way to write control characters, not even escaped. */
    private static String legal(String content) {
        StringBuilder legal = new StringBuilder(content.length());
        content.codePoints().map(c -> isLegal(c) ? c : REPLACEMENT).forEach(legal::appendCodePoint);
        return legal.toString();
    }

    private static boolean isLegal(int c) {
        return c == '\t'
                || c == '\n'
                || (c >= 0x20 && c < 0xD800)
                || (c > 0xDFFF && c < 0xFFFE)
                || c > 0xFFFF;
    }

    private Markup write(Step step) {
        try {
            step.write();
        } catch (XMLStreamException e) {
            throw failed(e);
        }
        return this;
    }

    private static IllegalStateException failed(XMLStreamException e) {
        return new IllegalStateException("markup cannot be written", e);
    }

    private interface Step {
        void write() throws XMLStreamException;
    }
}
