package dev.sluice.broker;

class EmbeddedBrokerContractIT extends BrokerContract<EmbeddedNode> {
    @Override
    EmbeddedNode startNode() {
        return EmbeddedNode.start();
    }
}
