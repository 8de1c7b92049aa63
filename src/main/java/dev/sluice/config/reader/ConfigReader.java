package dev.sluice.config.reader;

import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** Reads file and environment, and collects keys and errors. */
public class ConfigReader {
    private final JsonObject file;
    private final Map<String, String> environment;
    private final SortedMap<String, List<String>> errors = new TreeMap<>();
    private final SortedSet<String> registeredKeys = new TreeSet<>();
    /** The registered keys and their sections. */
    private final SortedSet<String> names = new TreeSet<>();

    public ConfigReader(JsonObject file, Map<String, String> environment) {
        this.file = file;
        this.environment = environment;
    }

    public ConfigSection section(String path) {
        Object value = file;
        for (String step : path.split("\\.", -1)) {
            value = value instanceof JsonObject object ? object.getValue(step) : null;
        }
        return new ConfigSection(this, path, value instanceof JsonObject object ? object : new JsonObject());
    }

    /** The names in a section that the file chooses; empty if there is no such section. */
    public Set<String> fieldNames(String path) {
        names.add(path);
        return file.getValue(path) instanceof JsonObject object ? Set.copyOf(object.fieldNames()) : Set.of();
    }

    /** Adds an error for a key that is not read. */
    public void reject(String key, String what) {
        registerKey(key);
        addError(key, what);
    }

    void addError(String key, String what) {
        errors.computeIfAbsent(key, first -> new ArrayList<>()).add(key + ": " + what);
    }

    boolean hasError(String key) {
        return errors.containsKey(key);
    }

    void registerKey(String key) {
        registeredKeys.add(key);
        for (int end = key.length(); end > 0; end = key.lastIndexOf('.', end - 1)) {
            names.add(key.substring(0, end));
        }
    }

    Map<String, String> environment() {
        return environment;
    }

    /** Every key that was read, {@code section.key}. */
    public SortedSet<String> registeredKeys() {
        return registeredKeys;
    }

    /** All errors, sorted by key. */
    public List<String> errors() {
        return errors.values().stream().flatMap(List::stream).toList();
    }

    /** Adds an error for each unknown key and variable. To be called when all sections have been read. */
    public void reportUnknownKeys() {
        findUnknown("", file);
        List<String> variables =
                registeredKeys.stream().map(ConfigSection::environmentVariable).toList();
        for (String name : environment.keySet()) {
            // Other software sets such variables, too (Kubernetes for a service called sluice). So only a name similar
            // to a known one is an error.
            if (name.startsWith("SLUICE_") && !variables.contains(name)) {
                KeySuggestions.closestMatch(name, variables)
                        .ifPresent(known -> addError(name, "unknown variable; did you mean " + known + "?"));
            }
        }
    }

    private void findUnknown(String prefix, JsonObject object) {
        for (Map.Entry<String, Object> entry : object) {
            String key = prefix + entry.getKey();
            if (entry.getKey().contains(".")) {
                addError(key, "unknown key; sections are nested objects");
            } else if (!names.contains(key)) {
                Optional<String> known = KeySuggestions.forKey(key, names);
                addError(
                        key,
                        "unknown key"
                                + known.map(name -> "; did you mean " + name + "?")
                                        .orElse(""));
            } else if (!registeredKeys.contains(key) && entry.getValue() instanceof JsonObject inner) {
                findUnknown(key + ".", inner);
            } else if (!registeredKeys.contains(key) && entry.getValue() != null) {
                addError(key, "must be an object");
            }
        }
    }
}
