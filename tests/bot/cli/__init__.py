"""The command line: setting an office up, importing, inviting, copies, people's data, the doctor."""
