package dev.sluice.message.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import dev.sluice.common.text.TextSanitizer;
import dev.sluice.message.MessageCodec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;

/**
 * Reads a message once before anything is built of it, and refuses what is JSON but would do harm further on: to whatever
 * walks it level by level, to the database that keeps it, or to a reader who takes the other one of two fields of a name.
 */
public final class JsonValidator {
    /** Levels of objects and arrays, the message itself being the first. Ours have three. */
    static final int MAX_DEPTH = 64;
    /** Characters. Nothing that is measured in bytes, seconds or pixels needs more than twenty. */
    static final int MAX_NUMBER = 100;

    private static final int MAX_LOGGED_NAME = 50;
    /** The library's own limit would come first, and call a long number no JSON. */
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNumberLength(MessageCodec.MAX_BYTES)
                    .build())
            .build();

    private JsonValidator() {}

    /**
     * The text of the message.
     *
     * @throws InvalidMessageException if it is not UTF-8, not JSON, or breaks one of the limits
     */
    public static String validate(byte[] body) {
        String text = decoded(body);
        try (JsonParser parser = FACTORY.createParser(text)) {
            look(parser);
        } catch (IOException notJson) {
            throw new InvalidMessageException("The message is not a JSON object.");
        }
        return text;
    }

    private static String decoded(byte[] body) {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(body))
                    .toString();
            return text.startsWith("\uFEFF") ? text.substring(1) : text;
        } catch (CharacterCodingException other) {
            throw new InvalidMessageException("The message is not UTF-8 text.");
        }
    }

    private static void look(JsonParser parser) throws IOException {
        Deque<Set<String>> open = new ArrayDeque<>();
        for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
            switch (token) {
                case START_OBJECT, START_ARRAY -> {
                    if (open.size() == MAX_DEPTH) {
                        throw new InvalidMessageException(
                                "The message has more than " + MAX_DEPTH + " levels of nesting.");
                    }
                    open.push(new HashSet<>());
                }
                case END_OBJECT, END_ARRAY -> open.pop();
                case FIELD_NAME -> {
                    String name = text(parser.currentName());
                    if (!open.element().add(name)) {
                        throw new InvalidMessageException("The message has the field '"
                                + TextSanitizer.singleLine(name, MAX_LOGGED_NAME) + "' twice in one object.");
                    }
                }
                case VALUE_STRING -> {
                    var unused = text(parser.getText());
                }
                case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> number(parser);
                default -> {
                    // true, false and null do no harm.
                }
            }
        }
    }

    private static void number(JsonParser parser) throws IOException {
        if (parser.getTextLength() > MAX_NUMBER) {
            throw new InvalidMessageException("The message has a number of more than " + MAX_NUMBER + " characters.");
        }
        if (!Double.isFinite(Double.parseDouble(parser.getText()))) {
            throw new InvalidMessageException("The message has a number that is out of every range.");
        }
    }

    /** PostgreSQL takes neither of the two, and half a character cannot be encoded again. */
    private static String text(String text) {
        if (text.indexOf('\0') >= 0) {
            throw new InvalidMessageException("The message has a NUL character in it.");
        }
        if (text.codePoints().anyMatch(point -> point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE)) {
            throw new InvalidMessageException("The message has half of a character in it (a lone surrogate).");
        }
        return text;
    }
}
