"""From finding to contract: certainty, rivals, proof."""
