"""What the command `qinqing` can do beside running an office: one file a subcommand."""
