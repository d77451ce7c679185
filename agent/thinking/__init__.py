"""Understanding and replying with a language model: one streaming call per ordinary turn."""
