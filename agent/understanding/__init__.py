"""Understanding on this machine: the expected slots' grammar first, then patterns, then similarity of meaning."""
