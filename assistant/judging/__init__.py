"""The room that evaluates the policy's decision tables; the only one that knows zen."""
