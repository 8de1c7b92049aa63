package dev.sluice.attacks;

/**
 * Something that a hostile client does to a process.
 *
 * @param name names the attack in the table
 * @param sent what is sent
 * @param action runs the attack
 */
record Attack(String name, String sent, Action action) {
    /** Runs an attack until its outcome is known, checks the responses, and describes them for the table. */
    @FunctionalInterface
    interface Action {
        String run(AttackedProcess target) throws Exception;
    }

    @Override
    public String toString() {
        return name;
    }
}
