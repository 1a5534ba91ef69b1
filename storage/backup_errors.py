"""What can go wrong with a backup, in a sentence a person can act on."""


class BackupError(Exception):
    """The backup or the restore was not done; the message says why, and the database is as it was."""
