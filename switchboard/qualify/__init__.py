"""Whether a provider may take another's place at a stage: both on the same material, and a verdict."""
