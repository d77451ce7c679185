"""The speech stack that needs no network and no key: recognizer, voice, speech activity, similarity.

Nothing heavy is imported here. `workers.OfflineSpeech` is the way in from asyncio; `silero` is light
enough to run on the event loop.
"""
