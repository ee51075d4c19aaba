import java.io.File;
import javax.xml.XMLConstants;
import javax.xml.parsers.SAXParserFactory;
import javax.xml.transform.sax.SAXSource;
import javax.xml.validation.Schema;
import javax.xml.validation.SchemaFactory;
import javax.xml.validation.Validator;
import javax.xml.validation.ValidatorHandler;
import org.xml.sax.Attributes;
import org.xml.sax.ErrorHandler;
import org.xml.sax.InputSource;
import org.xml.sax.SAXParseException;
import org.xml.sax.XMLReader;
import org.xml.sax.helpers.DefaultHandler;

/**
 * Checks one file with the Xerces of the JDK, streaming: XercesCheck SCHEMA FILE [rows].
 *
 * Ends with 0 when the file is right, 4 when it is wrong. With "rows" it makes an array of texts for each performance
 * line while it validates.
 */
public final class XercesCheck {
    private static final class Counting implements ErrorHandler {
        long errors;

        public void warning(SAXParseException problem) {}

        public void error(SAXParseException problem) {
            errors++;
        }

        public void fatalError(SAXParseException problem) throws SAXParseException {
            errors++;
            throw problem;
        }
    }

    private static final class Rows extends DefaultHandler {
        long rows;
        private final StringBuilder text = new StringBuilder();
        private String insz, number, begin, weekly, fullTime;
        private String[] row;
        private int values;

        @Override
        public void startElement(String uri, String name, String qualified, Attributes attributes) {
            text.setLength(0);
            switch (name) {
                case "Tewerkstelling" -> {
                    number = attributes.getValue("volgnr");
                    begin = attributes.getValue("begin");
                }
                case "Arbeidsregime" -> {
                    weekly = attributes.getValue("Q");
                    fullTime = attributes.getValue("S");
                }
                case "Prestatielijn" -> {
                    row = new String[] {
                        insz, number, begin, weekly, fullTime, attributes.getValue("volgnr"), null, null, null, null, null
                    };
                    values = 6;
                }
                default -> { }
            }
        }

        @Override
        public void characters(char[] found, int start, int length) {
            text.append(found, start, length);
        }

        @Override
        public void endElement(String uri, String name, String qualified) {
            if (name.equals("INSZ")) {
                insz = text.toString();
            } else if (name.equals("Prestatielijn")) {
                rows += row.length > 0 ? 1 : 0;
                row = null;
            } else if (row != null && values < row.length) {
                row[values++] = text.toString();
            }
        }
    }

    public static void main(String[] arguments) throws Exception {
        SchemaFactory schemas = SchemaFactory.newInstance(XMLConstants.W3C_XML_SCHEMA_NS_URI);
        Schema schema = schemas.newSchema(new File(arguments[0]));
        SAXParserFactory parsers = SAXParserFactory.newInstance();
        parsers.setNamespaceAware(true);
        parsers.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
        XMLReader reader = parsers.newSAXParser().getXMLReader();
        InputSource file = new InputSource(new File(arguments[1]).toURI().toString());
        Counting counting = new Counting();
        try {
            if (arguments.length > 2 && arguments[2].equals("rows")) {
                ValidatorHandler handler = schema.newValidatorHandler();
                handler.setErrorHandler(counting);
                handler.setContentHandler(new Rows());
                reader.setErrorHandler(counting);
                reader.setContentHandler(handler);
                reader.parse(file);
            } else {
                Validator validator = schema.newValidator();
                validator.setErrorHandler(counting);
                validator.validate(new SAXSource(reader, file));
            }
        } catch (SAXParseException fatal) {
            // Counted already.
        }
        System.exit(counting.errors == 0 ? 0 : 4);
    }
}
