"""Reading many solutions at once: each shared beginning once, and no padding."""
