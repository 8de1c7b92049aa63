package dev.sluice.config;

import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** The file and the environment as they came, and what has been found wrong with them so far. */
final class Settings {
    private final JsonObject file;
    private final Map<String, String> environment;
    private final List<String> complaints = new ArrayList<>();
    private final Set<String> known = new HashSet<>();

    Settings(JsonObject file, Map<String, String> environment) {
        this.file = file;
        this.environment = environment;
    }

    Section section(String path) {
        Object value = file;
        for (String step : path.split("\\.")) {
            value = value instanceof JsonObject object ? object.getValue(step) : null;
        }
        if (value != null && !(value instanceof JsonObject)) {
            complain(path, "is not an object");
        }
        return new Section(this, path, value instanceof JsonObject object ? object : new JsonObject());
    }

    void complain(String key, String what) {
        complaints.add(key + ": " + what);
    }

    void know(String key) {
        known.add(key);
    }

    Map<String, String> environment() {
        return environment;
    }

    /** Every key that some section asked for. */
    Set<String> known() {
        return new TreeSet<>(known);
    }

    /** Everything that is wrong, keys nobody asked for included. */
    List<String> complaints() {
        List<String> all = new ArrayList<>(complaints);
        findUnknown("", file, all);
        return all;
    }

    private void findUnknown(String prefix, JsonObject object, List<String> all) {
        for (Map.Entry<String, Object> entry : object) {
            String key = prefix + entry.getKey();
            if (known.contains(key)) {
                continue;
            }
            if (entry.getValue() instanceof JsonObject inner && known.stream().anyMatch(k -> k.startsWith(key + "."))) {
                findUnknown(key + ".", inner, all);
            } else {
                all.add(key + ": there is no such key");
            }
        }
    }
}
