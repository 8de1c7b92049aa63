package dev.sluice;

/** The command line. */
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        System.err.println(String.join(" ", args));
    }
}
