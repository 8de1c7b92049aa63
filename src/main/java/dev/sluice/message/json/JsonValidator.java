package dev.sluice.message.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import dev.sluice.common.text.TextSanitizer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;

/**
 * Validates the JSON of a received message before it is parsed. Rejects valid JSON that would harm later processing: deep
 * nesting, text that the database cannot store, and duplicate fields, of which parsers use different ones.
 */
public final class JsonValidator {
    /** Bytes of a message. Messages contain keys and numbers, never media. */
    public static final int MAX_BYTES = 1 << 20;

    /** Levels of objects and arrays; the message is the first. Messages of Sluice have three. */
    private static final int MAX_DEPTH = 64;
    /** Characters. No number of bytes, seconds or pixels needs more than twenty. */
    private static final int MAX_NUMBER_LENGTH = 100;

    private static final int MAX_LOGGED_NAME = 50;
    /** The limit of the parser is raised: it would report a long number as invalid JSON. */
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(
                    StreamReadConstraints.builder().maxNumberLength(MAX_BYTES).build())
            .build();

    private JsonValidator() {}

    /**
     * Returns the text of the message.
     *
     * @throws InvalidMessageException if it is not UTF-8, not JSON, or breaks one of the limits
     */
    public static String validate(byte[] body) {
        String text = decode(body);
        try (JsonParser parser = FACTORY.createParser(text)) {
            checkTokens(parser);
        } catch (IOException notJson) {
            throw new InvalidMessageException("The message is not a JSON object.");
        }
        return text;
    }

    private static String decode(byte[] body) {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(body))
                    .toString();
            return text.startsWith("\uFEFF") ? text.substring(1) : text;
        } catch (CharacterCodingException malformed) {
            throw new InvalidMessageException("The message is not UTF-8 text.");
        }
    }

    private static void checkTokens(JsonParser parser) throws IOException {
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
                    String name = parser.currentName();
                    checkText(name);
                    if (!open.element().add(name)) {
                        throw new InvalidMessageException("The message contains the field '"
                                + TextSanitizer.singleLine(name, MAX_LOGGED_NAME) + "' twice in one object.");
                    }
                }
                case VALUE_STRING -> checkText(parser.getText());
                case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> checkNumber(parser);
                default -> {
                    // true, false and null are harmless.
                }
            }
        }
    }

    private static void checkNumber(JsonParser parser) throws IOException {
        if (parser.getTextLength() > MAX_NUMBER_LENGTH) {
            throw new InvalidMessageException(
                    "The message contains a number of more than " + MAX_NUMBER_LENGTH + " characters.");
        }
        if (!Double.isFinite(Double.parseDouble(parser.getText()))) {
            throw new InvalidMessageException("The message contains a number out of range.");
        }
    }

    /** PostgreSQL stores neither NUL nor unpaired surrogates, and the latter cannot be encoded as UTF-8. */
    private static void checkText(String text) {
        if (text.indexOf('\0') >= 0) {
            throw new InvalidMessageException("The message contains a NUL character.");
        }
        if (text.codePoints().anyMatch(point -> point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE)) {
            throw new InvalidMessageException("The message contains an unpaired surrogate.");
        }
    }
}
