"""What follows from what callers agreed: texts, e-mails and webhooks, sent exactly as often as they are due."""
