"""The composition root: settings, wiring, embedded servers, the server and the command line.

The only package that knows concrete classes; everything else meets through the ports in `calls/`.
"""

__version__ = "0.1.0"
