"""What each voice is sent for a style: one pure function per voice, checked by one golden table."""
