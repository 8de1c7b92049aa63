/** RabbitMQ: topology, supervised consumer, confirmed publisher; the only package that knows AMQP. */
@NullMarked
package dev.sluice.broker;

import org.jspecify.annotations.NullMarked;
