"""What a certificate says, what it is called, and in which state it is: plain rules."""
