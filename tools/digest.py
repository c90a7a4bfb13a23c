"""The digest an approval is bound to: tool, version, arguments, case, revision and policy version, and nothing else."""

import hashlib
import json

from tools.contract import Arguments, Binding, Tool


def digest(tool: Tool, arguments: Arguments, binding: Binding) -> str:
    """SHA-256, hexadecimal, over canonical JSON (sorted keys, no white space)."""
    bound = {
        "tool": tool.name,
        "version": tool.version,
        "arguments": arguments.model_dump(mode="json"),
        "case": binding.case_id,
        "revision": binding.revision,
        "policy": binding.policy_version,
    }
    canonical = json.dumps(bound, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()
