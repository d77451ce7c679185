"""What a call is: its vocabulary, the pure conversation, the session that runs it, and the ports.

Standard library only. Nothing here imports another package of the project; everything else meets here.
"""
