"""The association's own people: who is invited, with which roles, and until when."""
