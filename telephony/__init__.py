"""The phone side: carriers' wire formats, webhooks, play-out, transfer, and the Twilio twin.

May import `calls` and nothing else of ours.
"""
