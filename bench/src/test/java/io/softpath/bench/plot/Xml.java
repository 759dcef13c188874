package io.softpath.bench.plot;

import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;

import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;

import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;

/** Reads markup as XML, which refuses whatever is not well-formed. */
public final class Xml {
    private Xml() {}

    /** The document, which fetches nothing. */
    public static Document parse(String markup)
            throws ParserConfigurationException, IOException, SAXException {
        return DocumentBuilderFactory.newDefaultInstance()
                .newDocumentBuilder()
                .parse(new InputSource(new StringReader(markup)));
    }

    /** All elements of that name, in their order. */
    public static List<Element> all(Document document, String name) {
        NodeList found = document.getElementsByTagName(name);
        List<Element> elements = new ArrayList<>();
        for (int i = 0; i < found.getLength(); i++) {
            elements.add((Element) found.item(i));
        }
        return elements;
    }

    /** The texts of all elements of that name. */
    public static List<String> texts(Document document, String name) {
        return all(document, name).stream().map(Element::getTextContent).toList();
    }
}
