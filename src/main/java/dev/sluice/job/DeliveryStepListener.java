package dev.sluice.job;

/** Test hook: notified of the steps of a delivery. Production uses {@link #NOOP}; fault-injection tests stop the process. */
public interface DeliveryStepListener {
    DeliveryStepListener NOOP = step -> {};

    /** Called on an event loop, before the next step starts. */
    void onStep(DeliveryStep step);
}
